package dev.rollcall.probes;

import static dev.rollcall.probes.Leftovers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What probes say of servers that are not there, say nothing, or say nonsense.
class BadServersTest {
  private static final String SECRET = "s3cret-password";

  private static Probe probe(String scheme, int port, Duration limit) {
    ServerUrl url =
        ServerUrl.of(
            "%s://app:%s@127.0.0.1:%d%s"
                .formatted(
                    scheme,
                    SECRET,
                    port,
                    Checked.path(scheme)
                        + (scheme.equals("mongodb") ? "?authMechanism=SCRAM-SHA-256" : "")));
    return new Probes(Dialer.system(), Probes.asker()).of("it", url.limit(limit));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "mysql",
        "redis",
        "mongodb",
        "etcd",
        "kafka",
        "amqp",
        "nats",
        "docker"
      })
  void tellsThatNobodyListens(String scheme) throws Exception {
    try (RawServer.Closed closed = new RawServer.Closed()) {
      Probe probe = probe(scheme, closed.port(), Duration.ofSeconds(60));
      assertThat(Checked.of(probe).reason())
          .isEqualTo("connect: refused by 127.0.0.1:" + closed.port());
      Leftovers leftovers = new Leftovers();
      assertThat(Leftovers.after(Runs.many(), probe, Duration.ofSeconds(60)))
          .isEqualTo(Runs.many());
      leftovers.assertNone();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "mysql",
        "redis",
        "mongodb",
        "etcd",
        "kafka",
        "amqp",
        "nats",
        "docker"
      })
  void givesUpOnAServerThatAcceptsAndSaysNothing(String scheme) throws Exception {
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      // The first loads the driver's classes.
      Checked.of(probe(scheme, silent.port(), Duration.ofSeconds(1))).failure();
      ProbeFailure failure =
          Checked.of(probe(scheme, silent.port(), Duration.ofSeconds(1))).failure();
      assertThat(failure.reason()).startsWith("timeout: no answer within 1 s (");
      assertThat(failure.reason()).matches(".*(login not finished|query is not answered)\\)");
      assertThat(failure.answered()).isTrue();
      Probe probe = probe(scheme, silent.port(), Duration.ofMillis(100));
      Leftovers.after(32, probe, Duration.ofSeconds(20));
      patiently().untilAsserted(() -> assertThat(silent.open()).isZero());
      Leftovers leftovers = new Leftovers();
      assertThat(Leftovers.after(Runs.many(), probe, Duration.ofSeconds(20)))
          .isEqualTo(Runs.many());
      leftovers.assertNone();
      patiently().untilAsserted(() -> assertThat(silent.open()).isZero());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "mysql",
        "redis",
        "mongodb",
        "etcd",
        "kafka",
        "amqp",
        "nats",
        "docker"
      })
  void endsWhenInterruptedAndClosesItsConnections(String scheme) throws Exception {
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      Probe probe = probe(scheme, silent.port(), Duration.ofMinutes(10));
      List<Thread> threads = new ArrayList<>();
      AtomicReference<@Nullable Throwable> last = new AtomicReference<>();
      for (int i = 0; i < 10; i++) {
        threads.add(Checked.start(probe, Attempt.within(Duration.ofMinutes(10)), last));
      }
      patiently().untilAsserted(() -> assertThat(silent.open()).isEqualTo(10));
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
      }
      assertThat(last.get()).isInstanceOf(InterruptedException.class);
      patiently().untilAsserted(() -> assertThat(silent.open()).isZero());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "mysql",
        "redis",
        "mongodb",
        "etcd",
        "kafka",
        "amqp",
        "nats",
        "docker"
      })
  void saysThatTheServerClosesOrTalksNonsense(String scheme) throws IOException {
    try (RawServer closing = new RawServer(line -> {});
        RawServer nonsense =
            new RawServer(
                line -> {
                  line.say(
                      "HELLO app:" + SECRET + " I am\r\nsomething else entirely\r\n\r\n\0\0\0");
                  line.hang();
                })) {
      String closed = Checked.of(probe(scheme, closing.port(), Duration.ofSeconds(60))).reason();
      assertThat(closed.toLowerCase(Locale.ROOT))
          .matches("(login|query): .*(clos|reset|eof|end of|broken|i/o|unexpected).*");
      String odd = Checked.of(probe(scheme, nonsense.port(), Duration.ofMillis(500))).reason();
      assertThat(odd).doesNotContain(SECRET).hasSizeLessThan(510).doesNotContain("\n");
    }
  }

  @Test
  void saysThatThereIsNoDockerSocket(@TempDir Path folder) {
    Path socket = folder.resolve("docker.sock");
    assertThat(Checked.of(DockerProbe.of("it", "unix://" + socket)).reason())
        .isEqualTo("connect: there is no socket %s: is the daemon up?".formatted(socket));
  }
}
