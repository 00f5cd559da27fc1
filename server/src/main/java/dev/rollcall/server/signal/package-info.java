/// Changes of state that somebody may have to be told of.
///
/// Whoever finds that the confirmed state of a subject changed writes a [Signal] in the same
/// transaction. [Signals] hands the signals to their consumer, each exactly once, and those of one
/// subject in their order.
@NullMarked
package dev.rollcall.server.signal;

import org.jspecify.annotations.NullMarked;
