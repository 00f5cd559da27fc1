package dev.rollcall.server.outbox;

import java.time.Duration;
import java.util.Optional;

/// A way to send notifications: one URL or one mailbox. Several threads may use it at once.
public interface Channel extends AutoCloseable {
  /// 10 s: [#send] has to return by then, whatever the receiver does.
  Duration LONGEST = Duration.ofSeconds(10);

  /// Its name in the database and in metrics. It has to be the same after a restart: lower-case
  /// letters, digits and hyphens.
  String name();

  /// The host and port of the receiver. Channels to the same receiver share its limit.
  String receiver();

  /// Whether it can send notifications of this kind.
  boolean tells(Notification.Kind kind);

  /// Whether it is told again what goes on: of each run of a job that fails, and of each time that
  /// a heartbeat is late. Others are told once.
  default boolean isToldAgain() {
    return false;
  }

  /// Whether its receiver keeps incidents itself, under their keys: it gets each by itself and at
  /// once. Others get what happens within a short time together in one message.
  default boolean keepsIncidents() {
    return false;
  }

  /// Sends, and returns the result. An exception counts as our own failure, and is retried.
  ///
  /// It asks [Delivery#claim] right before the receiver gets what it acts on.
  Result send(Delivery delivery) throws InterruptedException;

  @Override
  default void close() {}

  /// The result of an attempt.
  sealed interface Result {
    /// The receiver has it.
    ///
    /// @param answer what it said, one line without secrets: `status 200: ok`; may be empty
    /// @param receipt what it calls the message, for [Delivery#first]; at most 500 characters
    /// @param remark what people should know about how it was sent, in one line
    record Sent(String answer, Optional<String> receipt, Optional<String> remark)
        implements Result {
      /// Nothing is to be remarked.
      public Sent(String answer, Optional<String> receipt) {
        this(answer, receipt, Optional.empty());
      }

      /// The receiver says nothing that matters.
      public Sent() {
        this("", Optional.empty());
      }
    }

    /// The attempt failed; a retry may succeed.
    ///
    /// @param reason one line without secrets
    /// @param after how long the receiver asked to wait; an hour or more is ignored
    /// @param forAll whether any other notification would have failed too, because the receiver did
    ///   not answer
    record Retry(String reason, Optional<Duration> after, boolean forAll) implements Result {}

    /// It was not sent, or not to its end, as [Delivery#claim] said no.
    ///
    /// @param begun whether some of it may have arrived: one mail of several, or a request that was
    ///   redirected
    record Withheld(boolean begun) implements Result {}

    /// The receiver rejected it; a retry cannot succeed.
    ///
    /// @param reason one line without secrets
    record Refused(String reason) implements Result {}
  }
}
