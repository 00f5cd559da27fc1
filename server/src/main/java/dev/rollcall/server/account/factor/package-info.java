/// What a second factor is: the codes of authenticator apps, recovery codes, passkeys. Knows no
/// database; what is stored of them is in `store`. Uses no other package of accounts.
@NullMarked
package dev.rollcall.server.account.factor;

import org.jspecify.annotations.NullMarked;
