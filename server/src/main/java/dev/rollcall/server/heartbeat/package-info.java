/// Heartbeats: what is expected (`definition`), one ping (`ping`), what is kept (`store`), when
/// they are late (`schedule`), and who sees them (`overview`, `page`, `routes`).
///
/// This package itself contains the entry points for the composition root, and may use all of
/// these; they do not use it.
@NullMarked
package dev.rollcall.server.heartbeat;

import org.jspecify.annotations.NullMarked;
