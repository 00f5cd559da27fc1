package dev.rollcall.server.monitor.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.Probes;
import dev.rollcall.server.config.Mistakes;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SchemeHintTest {
  private static ServiceDefinition service(String url, String more) {
    Duration second = Duration.ofSeconds(1);
    Mistakes mistakes = new Mistakes();
    return new ServiceReader(new ServiceReader.Defaults(second, second, false, Duration.ofDays(14)))
        .one(
            new JsonMapper().readTree("{\"name\":\"a\",\"url\":\"%s\"%s}".formatted(url, more)),
            "",
            mistakes)
        .orElseThrow(() -> new AssertionError(mistakes.lines().toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp://db:3306, mysql://db",
    "tcp://db:5432, postgres://db",
    "tcp://[::1]:6379, redis://[::1]",
    "tcp://my_host:2379, etcd://my_host",
    "tcp://h:4222, nats://h",
    "tcp://h:5672, amqp://h",
    "tcp://h:5671, amqps://h",
    "tcp://h:9092, kafka://h",
    "tcp://h:9200, elasticsearch+http://h:9200",
    "tcp://h:27017, mongodb://h",
    "tcp://h:25, smtp://h",
    "tcp://h:587, smtp://h:587",
    "tcp://h:465, smtps://h"
  })
  void offersAUrlThatCanBeAsked(String asked, String offered) {
    String offer = SchemeHint.of(service(asked, "")).orElseThrow();
    assertThat(offer).startsWith(asked + " only opens a connection").doesNotContain("\n");
    assertThat(offer.replaceFirst("^.*: ", "").replaceFirst("(,| checks).*", ""))
        .isEqualTo(offered);
    Probes.forUrl("a", offered);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://h:80", "tcp://h:22", "tls://h:5671", "mysql://h", "http://h:5432"})
  void offersNothingElsewhere(String url) {
    assertThat(SchemeHint.of(service(url, ""))).isEmpty();
  }

  @Test
  void offersNothingToWhoSaysWhatToSendOrToExpect() {
    assertThat(SchemeHint.of(service("tcp://h:6379", ",\"expect\":\"PONG\""))).isEmpty();
    assertThat(SchemeHint.of(service("tcp://h:25", ",\"expect\":\"220\""))).isEmpty();
  }

  @Test
  void saysOfManyHowManyThereAre() {
    List<String> lines = SchemeHint.of(Collections.nCopies(12, service("tcp://h:5432", "")));
    assertThat(lines).hasSize(11);
    assertThat(lines.getFirst()).startsWith("service a: tcp://h:5432 only");
    assertThat(lines.getLast())
        .isEqualTo("2 more services only open a connection to the port of a server");
  }
}
