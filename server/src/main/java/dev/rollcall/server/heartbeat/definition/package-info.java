/// What is expected of a job: its name, and when its pings have to come (a frequency, or the times
/// of a crontab line). Uses no other package of heartbeats.
@NullMarked
package dev.rollcall.server.heartbeat.definition;

import org.jspecify.annotations.NullMarked;
