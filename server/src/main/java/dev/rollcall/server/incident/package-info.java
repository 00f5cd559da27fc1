/// Incidents: what a person is told of.
///
/// An incident begins and ends with the signals of services and heartbeats
/// ([dev.rollcall.server.signal]). [Incidents] writes it, and its notifications, in the transaction
/// that consumes the signal, so that no incident is lost, opened twice or told twice.
@NullMarked
package dev.rollcall.server.incident;

import org.jspecify.annotations.NullMarked;
