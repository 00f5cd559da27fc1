/// Heartbeats: receives the pings of jobs, finds late heartbeats, and reports them.
@NullMarked
package dev.rollcall.server.heartbeat;

import org.jspecify.annotations.NullMarked;
