/// One way to tell: what is owed to the outside, kept with what it is owed for, and sent until it
/// has arrived.
@NullMarked
package dev.rollcall.server.outbox;

import org.jspecify.annotations.NullMarked;
