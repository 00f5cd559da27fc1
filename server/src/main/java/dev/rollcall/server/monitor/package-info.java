/// Services: their schedule, their checks, and the ticks, metrics and events that come of them.
@NullMarked
package dev.rollcall.server.monitor;

import org.jspecify.annotations.NullMarked;
