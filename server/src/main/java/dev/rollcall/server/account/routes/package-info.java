/// The API of accounts: its routes and its JSON. Uses `definition`, `store`, `session`, `audit`,
/// `team` and `signin`.
@NullMarked
package dev.rollcall.server.account.routes;

import org.jspecify.annotations.NullMarked;
