/// The pages of heartbeats.
@NullMarked
package dev.rollcall.server.heartbeat.page;

import org.jspecify.annotations.NullMarked;
