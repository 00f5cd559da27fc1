/// How all heartbeats stand, for the pages and for Prometheus. Uses `definition`, `ping` and
/// `store`.
@NullMarked
package dev.rollcall.server.heartbeat.overview;

import org.jspecify.annotations.NullMarked;
