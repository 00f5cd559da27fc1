package dev.rollcall.server.heartbeat.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// What the parameters of a call promise whatever comes: they are refused, or they are what the
/// contract allows; nothing else is thrown.
final class PingPromises {
  private static final Instant LATEST = Instant.ofEpochSecond(2_000_000_000);

  private PingPromises() {}

  static void check(PingParameters.Source source) {
    read(source, PingParameters::name)
        .ifPresent(
            name -> {
              assertThat(name).isNotBlank();
              assertThat(name.codePointCount(0, name.length())).isBetween(1, 255);
              assertThat(name.codePoints()).noneMatch(Character::isISOControl);
            });
    read(source, PingParameters::requiredTerms)
        .ifPresent(
            expectation -> {
              assertThat(expectation.grace()).isBetween(Duration.ZERO, Duration.ofDays(3_640));
              assertThat(expectation.schedule().next(LATEST)).isAfter(LATEST);
              assertThat(expectation.deadline(expectation.schedule().next(LATEST)).toEpochMilli())
                  .isPositive();
              if (expectation.schedule() instanceof JobSchedule.Every(Duration frequency)) {
                assertThat(frequency).isBetween(Duration.ofSeconds(1), Duration.ofDays(3_640));
                assertThat(frequency.toNanosPart()).isZero();
              }
            });
    read(source, from -> PingParameters.timestamp(from, LATEST))
        .flatMap(moment -> moment)
        .ifPresent(moment -> assertThat(moment).isBetween(Instant.ofEpochSecond(1), LATEST));
    read(source, PingParameters::run)
        .flatMap(run -> run)
        .ifPresent(run -> assertThat(run).matches("[!-~]{1,64}"));
  }

  private static <T> Optional<T> read(
      PingParameters.Source source, Function<PingParameters.Source, T> reader) {
    try {
      return Optional.of(reader.apply(source));
    } catch (Refusal e) {
      assertThat(e.getMessage()).matches("(?s)parameter '[a-z]+' .+");
      return Optional.empty();
    }
  }
}
