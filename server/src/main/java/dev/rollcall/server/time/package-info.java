/// Time: the clocks and changes of them, repeated work in the background, and the format of
/// durations.
@NullMarked
package dev.rollcall.server.time;

import org.jspecify.annotations.NullMarked;
