/// Heartbeats: jobs that call in, and who is told when one does not.
@NullMarked
package dev.rollcall.server.heartbeat;

import org.jspecify.annotations.NullMarked;
