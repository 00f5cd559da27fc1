/// Services: their schedule, their checks, and the resulting ticks, metrics and events.
@NullMarked
package dev.rollcall.server.monitor;

import org.jspecify.annotations.NullMarked;
