/// Alerts: notifications that are stored with the change they are about, and sent until they have
/// arrived.
@NullMarked
package dev.rollcall.server.outbox;

import org.jspecify.annotations.NullMarked;
