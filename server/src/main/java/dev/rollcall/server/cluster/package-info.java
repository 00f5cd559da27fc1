/// The processes that share one PostgreSQL: who is there, and who takes over from whom. Not used,
/// and not loaded, on SQLite.
@NullMarked
package dev.rollcall.server.cluster;

import org.jspecify.annotations.NullMarked;
