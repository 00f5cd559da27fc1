package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import java.time.Duration;
import java.util.Optional;

/// How far one attempt has come, so that a failure can say where it happened. Belongs to the thread
/// of the attempt.
final class Progress {
  /// The stages of an attempt, with the words for the message of a timeout.
  enum Stage {
    RESOLVING("looking up"),
    CONNECTING("connecting to"),
    SECURING("connected, TLS handshake not finished"),
    SENDING("connected, sending the request"),
    ASKED("request sent, waiting for the answer"),
    WAITING("connected, waiting for the first byte"),
    HEADER("answer started, header not finished"),
    BODY("header received, body not finished"),
    EXPECTING("connected, the expected text has not come"),
    LOGIN("connected, login not finished"),
    QUERY("connected, the query is not answered");

    private final String words;

    Stage(String words) {
      this.words = words;
    }
  }

  private final Attempt attempt;
  private final Optional<Duration> answerWithin;
  private Attempt part;
  private Stage stage = Stage.RESOLVING;
  private String place = "";
  private boolean heard;
  private long entered = System.nanoTime();

  Progress(Attempt attempt) {
    this(attempt, Optional.empty());
  }

  /// @param answerWithin the longest that all may take once a connection stands
  Progress(Attempt attempt, Optional<Duration> answerWithin) {
    this.attempt = attempt;
    this.answerWithin = answerWithin;
    this.part = attempt;
  }

  /// Holds what follows to `time` from now, beside the attempt's own deadline. Takes the place of
  /// what was said here before.
  Progress within(Duration time) {
    part = attempt.limitedTo(time);
    return this;
  }

  /// Notes that there is a connection: the time for the answer begins.
  void connected() {
    answerWithin.ifPresent(this::within);
  }

  /// How long what follows may still take: zero once it is too late, never negative.
  Duration remaining() {
    return part.remaining();
  }

  /// The limit that [#remaining()] counts down.
  Duration limit() {
    return part.timeout();
  }

  Attempt attempt() {
    return attempt;
  }

  Stage stage() {
    return stage;
  }

  /// The host and port, or the address, that the attempt is at.
  String place() {
    return place;
  }

  void at(String place) {
    this.place = place;
  }

  void enter(Stage next) {
    stage = next;
    entered = System.nanoTime();
  }

  /// Notes the time since the present stage was entered as `phase`.
  void took(Phase phase) {
    attempt.took(phase, Duration.ofNanos(System.nanoTime() - entered));
  }

  /// Notes that the target reacted.
  void hear() {
    heard = true;
  }

  /// Whether the target reacted in this attempt: accepted a connection, sent a byte.
  boolean heard() {
    return heard;
  }

  boolean late() {
    return remaining().isZero();
  }

  /// "connecting to 192.0.2.1:80": the place is named until it is certain which one it is.
  String words() {
    return switch (stage) {
      case RESOLVING, CONNECTING -> stage.words + " " + place;
      case SECURING, SENDING, ASKED, WAITING, HEADER, BODY, EXPECTING, LOGIN, QUERY -> stage.words;
    };
  }
}
