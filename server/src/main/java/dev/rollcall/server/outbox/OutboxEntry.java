package dev.rollcall.server.outbox;

/// A change of the pending deliveries of a subject: one more, or some no longer.
public sealed interface OutboxEntry permits Notification, Withdrawal {
  /// The name of the [Channel]: see [Outbox#channels].
  String channel();

  /// What it is about.
  String subject();
}
