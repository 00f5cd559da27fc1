/// Signing in with a provider: which account the person there is. Uses `definition`, `oidc`,
/// `store`, `audit`, `session`, `team` and `signin`.
@NullMarked
package dev.rollcall.server.account.sso;

import org.jspecify.annotations.NullMarked;
