/// What accounts, addresses, teams, invitations and API tokens are, and what this server demands of
/// them (its settings). Knows no database. Uses no other package of accounts.
@NullMarked
package dev.rollcall.server.account.definition;

import org.jspecify.annotations.NullMarked;
