package dev.rollcall.server.channel;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpAsker;
import dev.rollcall.probes.HttpExpectation;
import dev.rollcall.probes.HttpProbe;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.probes.StatusRange;
import dev.rollcall.server.outbox.Channel;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Sends HTTP requests to the receivers of notifications. Any status is an answer, and what it
/// means is for the channel to say. Several threads may use it at once.
final class WebhookClient implements AutoCloseable {
  private static final HttpExpectation ANY_ANSWER =
      HttpExpectation.DEFAULT.statuses(List.of(new StatusRange(100, 599)));

  /// What a receiver answered.
  ///
  /// @param body at most as many bytes as the settings of the question allow
  /// @param retryAfter how long the receiver asks to be left alone
  record Answer(int status, String body, Optional<Duration> retryAfter) {
    boolean isSuccess() {
      return status < 400;
    }
  }

  private final HttpAsker asker;

  /// @param resolver decides which addresses may be reached
  WebhookClient(Resolver resolver) {
    this.asker = new HttpAsker(new Dialer(resolver));
  }

  /// Sends one request. It ends within [Channel#LONGEST].
  ///
  /// @throws ProbeFailure if there was no answer, or none that can be read
  Answer send(HttpQuestion question) throws ProbeFailure, InterruptedException {
    AtomicReference<@Nullable HttpAnswer> seen = new AtomicReference<>();
    Attempt attempt = Attempt.within(Channel.LONGEST);
    HttpQuestion asked = question.expecting(ANY_ANSWER.check(seen::set));
    try {
      new HttpProbe("webhook", asked, asker).check(attempt);
    } catch (ProbeFailure e) {
      int status = attempt.status().orElse(0);
      if (status < 200 || (status >= 300 && status < 400)) {
        throw e; // no answer, or a redirect that leads nowhere
      }
      return new Answer(status, "", Optional.empty()); // only its body cannot be read
    }
    HttpAnswer answer = Objects.requireNonNull(seen.get());
    return new Answer(
        answer.status(),
        answer.body(),
        answer.header("Retry-After").flatMap(text -> retryAfter(text, Instant.now())));
  }

  /// Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
  static Optional<Duration> retryAfter(String text, Instant now) {
    String value = text.strip();
    if (value.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(now, at)).filter(Duration::isPositive);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    asker.close();
  }
}
