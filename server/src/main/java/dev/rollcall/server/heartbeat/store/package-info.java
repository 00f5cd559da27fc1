/// What is kept: heartbeats and their runs, with their SQL, their limit, their counts and their log
/// lines. Uses `definition` and `ping`.
@NullMarked
package dev.rollcall.server.heartbeat.store;

import org.jspecify.annotations.NullMarked;
