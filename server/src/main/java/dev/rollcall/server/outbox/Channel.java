package dev.rollcall.server.outbox;

import java.time.Duration;
import java.util.Optional;

/// A way to tell somebody: one URL, one mailbox. It may be used by several threads at once.
public interface Channel extends AutoCloseable {
  /// 10 s: [#send] has to be back by then, whatever the receiver does.
  Duration LONGEST = Duration.ofSeconds(10);

  /// Its name in the database and in metrics, the same after a restart: small letters, digits and
  /// hyphens.
  String name();

  /// The host and port that it talks to; channels with the same one share its places.
  String receiver();

  /// Whether it has words for this kind of news.
  boolean tells(String kind);

  /// Tells, and says what became of it. An exception counts as a failure of ours, to be retried.
  Result send(Delivery delivery) throws InterruptedException;

  @Override
  default void close() {}

  /// What became of an attempt.
  sealed interface Result {
    /// The receiver has it.
    record Sent() implements Result {}

    /// It may arrive later.
    ///
    /// @param reason one line without anything secret
    /// @param after how long the receiver asked to be left alone; at most an hour is heeded
    /// @param forAll whether other news would have fared the same, as nobody answered there
    record Retry(String reason, Optional<Duration> after, boolean forAll) implements Result {}

    /// It never will: the receiver does not want it, and repeating it cannot help.
    ///
    /// @param reason one line without anything secret
    record Refused(String reason) implements Result {}
  }
}
