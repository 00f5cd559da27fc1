/// Time: the clocks and what happens to them, what is done again and again, and how durations are
/// written.
@NullMarked
package dev.rollcall.server.time;

import org.jspecify.annotations.NullMarked;
