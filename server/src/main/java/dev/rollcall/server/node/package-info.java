/// A measuring node: gets targets, measures them, and sends the results.
///
/// [MeasuringNode] is the entry point. Targets come from [Assignments], a [Measurer] measures them,
/// and the results wait in a [Spool] until a [ResultReceiver] has them.
@NullMarked
package dev.rollcall.server.node;

import org.jspecify.annotations.NullMarked;
