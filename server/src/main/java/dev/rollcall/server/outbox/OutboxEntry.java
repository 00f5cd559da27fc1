package dev.rollcall.server.outbox;

/// What becomes of what a subject is owed on a channel: something more, or something no longer.
public sealed interface OutboxEntry permits Notification, Withdrawal {
  /// The name of the [Channel]: see [Outbox#channels].
  String channel();

  /// Whose news it is.
  String subject();
}
