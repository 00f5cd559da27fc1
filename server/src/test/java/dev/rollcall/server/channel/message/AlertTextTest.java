package dev.rollcall.server.channel.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Our words in messages.
class AlertTextTest {
  private static final Instant BEGAN = Instant.parse("2026-11-28T12:00:00Z");

  private static AlertText text(Kind kind, Instant heard) {
    Message.OfIncident incident = new Message.OfIncident(7, BEGAN, Optional.of("1 of 3 up"));
    Message message = new Message("Shop", heard, BEGAN, Optional.of(incident));
    return AlertText.of(new Delivery("group:Shop", kind, "k", message, BEGAN, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "DOWN, 0, ''",
    "DOWN, 10, Confirmed: 2026-11-28T12:00:10Z",
    "DOWN, -10, Last heard from: 2026-11-28T11:59:50Z",
    "SLOW, 0, ''",
    "SLOW, 10, Confirmed: 2026-11-28T12:00:10Z",
    "LATE, 0, No call since: 2026-11-28T12:00:00Z",
    "FAILED, 0, Last heard from: 2026-11-28T12:00:00Z",
  })
  void saysWhenItWasHeardFromIfThatIsNotWhenItBegan(Kind kind, int seconds, String expected) {
    assertThat(
            text(kind, BEGAN.plusSeconds(seconds))
                .factLines()
                .lines()
                .filter(line -> line.matches("(Confirmed|Last heard from|No call since): .*")))
        .containsExactlyElementsOf(Stream.of(expected).filter(line -> !line.isEmpty()).toList());
  }

  @ParameterizedTest
  @CsvSource({"DOWN, down", "LATE, late", "FAILED, wrong", "MANUAL, wrong"})
  void saysWhatWasWrongWithEachOfSeveralThatAreOver(Kind kind, String word) {
    assertThat(several(Optional.of(kind)).factLines())
        .isEqualTo(
            "Up again: backup, was %s from 2026-11-28T12:00:00Z to 2026-11-28T12:01:00Z"
                .formatted(word));
  }

  @Test
  void whatIsOverWasDownIfNoMoreIsKnown() {
    assertThat(several(Optional.empty()).factLines()).contains("was down from");
  }

  private static AlertText several(Optional<Kind> kind) {
    Message.Item item =
        new Message.Item(
            7,
            Kind.RECOVERED,
            kind,
            "backup",
            BEGAN,
            BEGAN.plusSeconds(60),
            Optional.empty(),
            Message.About.NOTHING);
    Message message =
        new Message(
            "1 incident: 1 over",
            BEGAN,
            BEGAN,
            Optional.empty(),
            Optional.of(new Message.Several(1, List.of(item), Optional.empty(), Optional.empty())));
    return AlertText.of(new Delivery("incidents", Kind.SEVERAL, "k", message, BEGAN, 1));
  }
}
