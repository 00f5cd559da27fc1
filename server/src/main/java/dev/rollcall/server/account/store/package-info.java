/// What is kept: accounts, sessions, tokens, factors, identities, teams and invitations, with their
/// SQL. Uses `definition`, `factor` and `oidc`.
@NullMarked
package dev.rollcall.server.account.store;

import org.jspecify.annotations.NullMarked;
