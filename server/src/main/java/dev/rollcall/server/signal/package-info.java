/// Changes of the state of services and heartbeats, as rows that are read once.
///
/// Code that changes the confirmed state of a service or heartbeat writes a [Signal] in the same
/// transaction. [Signals] passes each signal exactly once to its consumer, which decides whether to
/// send alerts. The signals of one service or heartbeat are passed in their order.
@NullMarked
package dev.rollcall.server.signal;

import org.jspecify.annotations.NullMarked;
