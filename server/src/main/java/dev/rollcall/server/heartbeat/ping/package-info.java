/// One ping or other change: what it says, and what follows from it (state, run, signal), as pure
/// functions. Knows no database. Uses `definition`.
@NullMarked
package dev.rollcall.server.heartbeat.ping;

import org.jspecify.annotations.NullMarked;
