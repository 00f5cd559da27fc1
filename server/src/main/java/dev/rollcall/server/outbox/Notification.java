package dev.rollcall.server.outbox;

import tools.jackson.databind.node.ObjectNode;

/// A piece of news that somebody is to be told.
///
/// @param channel the name of the [Channel] it goes out on: see [Outbox#channels]
/// @param subject whose news it is, at most 400 characters: `heartbeat:backup`. The news of one
///   subject arrive in the order in which they were owed; different subjects do not wait for each
///   other.
/// @param kind what happened to the subject: `late`, `recovered`
/// @param key names this very piece of news, at most 600 characters: owed again on the channel, it
///   changes nothing. Receivers get it in the header `Idempotency-Key`.
/// @param payload what the channel needs to know, at most 64 KiB of JSON
/// @param coalesces whether it takes the place of what this channel still owes last of the same
///   subject and kind, unless that is under way: for news that make older ones pointless
public record Notification(
    String channel, String subject, String kind, String key, ObjectNode payload, boolean coalesces)
    implements OutboxEntry {
  private static final int LONGEST_SUBJECT = 400;
  private static final int LONGEST_KEY = 600;

  /// Checks the lengths.
  public Notification {
    if (subject.isEmpty() || subject.length() > LONGEST_SUBJECT) {
      throw new IllegalArgumentException(
          "a subject of %d characters: give 1 to %d".formatted(subject.length(), LONGEST_SUBJECT));
    }
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      throw new IllegalArgumentException(
          "a key of %d characters: give 1 to %d".formatted(key.length(), LONGEST_KEY));
    }
    if (!kind.matches("[a-z][a-z-]{0,39}")) {
      throw new IllegalArgumentException("\"" + kind + "\" is no kind of news: write it as late");
    }
  }
}
