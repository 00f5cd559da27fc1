/// Time: the clocks and changes of them, repeated work in the background, schedules as in a
/// crontab, and the format of durations.
@NullMarked
package dev.rollcall.server.time;

import org.jspecify.annotations.NullMarked;
