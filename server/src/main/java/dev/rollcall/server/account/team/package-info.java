/// What people do with teams and invitations, for the API and for the pages. Uses `definition`,
/// `store` and `session`.
@NullMarked
package dev.rollcall.server.account.team;

import org.jspecify.annotations.NullMarked;
