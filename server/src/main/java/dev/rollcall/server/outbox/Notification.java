package dev.rollcall.server.outbox;

import dev.rollcall.server.sql.EnumCodec;

/// A notification for one channel.
///
/// @param channel the name of the [Channel] to send it on: see [Outbox#channels]
/// @param subject what it is about, by id, at most 400 characters: `heartbeat/17`. The
///   notifications of one subject arrive in the order in which they were added; different subjects
///   do not wait for each other.
/// @param key identifies this notification, at most 600 characters: adding it again to the channel
///   changes nothing. Receivers get it in the header `Idempotency-Key`.
/// @param coalesces whether it replaces the last pending notification of the same channel, subject
///   and kind, unless that is being sent: for notifications that make older ones useless
public record Notification(
    String channel, String subject, Kind kind, String key, Message message, boolean coalesces)
    implements OutboxEntry {
  private static final int LONGEST_SUBJECT = 400;
  private static final int LONGEST_KEY = 600;

  /// What happened to the subject.
  public enum Kind {
    /// It is down.
    DOWN,
    /// No ping came in time.
    LATE,
    /// A ping reported a failure.
    FAILED,
    /// It is up, and slower than it should be.
    SLOW,
    /// Its certificate ends soon.
    CERTIFICATE,
    /// A person says that something is wrong.
    MANUAL,
    /// It is up again.
    RECOVERED,
    /// Several incidents opened or ended.
    SEVERAL,
    /// Nobody looked for some time: not a subject, but Rollcall itself was away.
    ABSENCE,
    /// Somebody tries the channel, and nothing has happened; never stored.
    TEST;

    /// The kinds as words.
    public static final EnumCodec<Kind> CODEC = EnumCodec.ofWords(Kind.class);

    /// The word in the database and in the API, such as `late`.
    public String word() {
      return CODEC.word(this);
    }
  }

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
  }
}
