/// The pages of accounts, teams and the audit. Uses all other packages of accounts but `oidc` and
/// `routes`.
@NullMarked
package dev.rollcall.server.account.page;

import org.jspecify.annotations.NullMarked;
