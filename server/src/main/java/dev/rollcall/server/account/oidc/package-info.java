/// Single sign-on with OpenID Connect: providers, what they are asked, and what they say of
/// somebody. It knows no accounts, and uses no other package of theirs.
@NullMarked
package dev.rollcall.server.account.oidc;

import org.jspecify.annotations.NullMarked;
