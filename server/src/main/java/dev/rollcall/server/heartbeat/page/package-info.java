/// The pages of heartbeats. Uses `overview`, and the states of `ping`.
@NullMarked
package dev.rollcall.server.heartbeat.page;

import org.jspecify.annotations.NullMarked;
