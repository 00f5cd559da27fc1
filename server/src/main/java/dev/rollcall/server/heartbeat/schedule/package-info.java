/// When heartbeats are late, and when they are not: finds those that are due, and knows when pings
/// may have been lost and clocks were set. Uses `definition`, `ping` and `store`.
@NullMarked
package dev.rollcall.server.heartbeat.schedule;

import org.jspecify.annotations.NullMarked;
