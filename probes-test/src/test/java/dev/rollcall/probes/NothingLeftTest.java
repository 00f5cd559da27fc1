package dev.rollcall.probes;

import static dev.rollcall.probes.Leftovers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Checks of each kind, a thousand in the full run ([Runs]), leave no thread, no socket and no
/// file, whether they succeed, are answered badly, meet silence, or are interrupted.
class NothingLeftTest {
  private static final int RUNS = Runs.many();
  private static final int AT_ONCE = 50;

  private enum Kind {
    PHILAE("philae+http://127.0.0.1:%d"),
    STATUSPAGE("statuspage+http://127.0.0.1:%d"),
    STATUS_IO("statusio+http://127.0.0.1:%d"),
    NSQ("nsq+http://127.0.0.1:%d"),
    ELASTICSEARCH("elasticsearch+http://127.0.0.1:%d"),
    SWIFT("swift+http://u:p@127.0.0.1:%d/auth/v1.0"),
    GRPC("grpc://127.0.0.1:%d"),
    SMTP("smtp://127.0.0.1:%d"),
    CERTIFICATE("tls://127.0.0.1:%d?warn=0d"),
    DNS("dns://127.0.0.1:%d/x");

    private final String url;

    Kind(String url) {
      this.url = url;
    }

    /// Its probe, which has no limit but the attempt's.
    Probe at(int port) {
      return PROBES.of("it", ServerUrl.of(url.formatted(port)).limit(Duration.ofHours(1)));
    }
  }

  private static final Probes PROBES = new Probes(Dialer.system(), Probes.asker());

  private static void leavesNothing(Probe probe, Duration timeout, boolean fails) throws Exception {
    Leftovers.after(AT_ONCE, AT_ONCE, probe, timeout); // what the JVM itself loads and keeps
    Leftovers leftovers = new Leftovers();
    assertThat(Leftovers.after(RUNS, AT_ONCE, probe, timeout)).isEqualTo(fails ? RUNS : 0);
    leftovers.assertNone();
  }

  @ParameterizedTest
  @EnumSource
  void afterSilence(Kind kind) throws Exception {
    try (RawServer silent =
        new RawServer(
            new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1")), RawServer.Line::hang)) {
      // Datagrams to a port where nobody reads are as silent.
      try (DatagramSocket _ =
          new DatagramSocket(silent.port(), InetAddress.ofLiteral("127.0.0.1"))) {
        leavesNothing(kind.at(silent.port()), Duration.ofMillis(50), true);
        patiently().untilAsserted(() -> assertThat(silent.open()).isZero());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterARefusal(Kind kind) throws Exception {
    try (RawServer.Closed closed = new RawServer.Closed()) {
      leavesNothing(kind.at(closed.port()), Duration.ofSeconds(60), true);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DNS")
  void afterABadAnswer(Kind kind) throws Exception {
    try (RawServer broken =
        new RawServer(
            new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1")),
            line -> {
              line.say("garbage\r\n\r\n");
              line.in().read(new byte[1000]);
            })) {
      leavesNothing(kind.at(broken.port()), Duration.ofSeconds(60), true);
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterAnInterrupt(Kind kind) throws Exception {
    try (RawServer silent =
            new RawServer(
                new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1")),
                RawServer.Line::hang);
        DatagramSocket _ = new DatagramSocket(silent.port(), InetAddress.ofLiteral("127.0.0.1"))) {
      Probe probe = kind.at(silent.port());
      Leftovers.after(AT_ONCE, AT_ONCE, probe, Duration.ofMillis(20));
      int before = Leftovers.descriptors();
      Leftovers leftovers = new Leftovers();
      AtomicReference<@Nullable Throwable> last = new AtomicReference<>();
      for (int round = 0; round < RUNS / AT_ONCE; round++) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          threads.add(Checked.start(probe, Attempt.within(Duration.ofMinutes(10)), last));
        }
        if (kind != Kind.DNS) {
          patiently().untilAsserted(() -> assertThat(silent.open()).isEqualTo(AT_ONCE));
        } else {
          patiently()
              .untilAsserted(
                  () -> assertThat(Leftovers.descriptors()).isGreaterThan(before + AT_ONCE - 10));
        }
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(last.get()).isInstanceOf(InterruptedException.class);
        patiently().untilAsserted(() -> assertThat(silent.open()).isZero());
      }
      leftovers.assertNone();
    }
  }

  private static RawServer answering(Function<RawServer.Line, String> body) throws IOException {
    return new RawServer(
        new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1")),
        line -> {
          line.request();
          String headers =
              "X-Auth-Token: t\r\nX-Storage-Url: http://127.0.0.1:%d/v1/a\r\n"
                  .formatted(line.server().port());
          line.answer(200, headers, body.apply(line));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"PHILAE", "STATUSPAGE", "STATUS_IO", "NSQ", "ELASTICSEARCH", "SWIFT"})
  void afterAGoodAnswerByHttp(Kind kind) throws Exception {
    String body =
        switch (kind) {
          case PHILAE -> "{\"healthy\":true}";
          case STATUSPAGE -> "{\"status\":{\"indicator\":\"none\"}}";
          case STATUS_IO -> "{\"result\":{\"status_overall\":{\"status_code\":100}}}";
          case NSQ -> "OK";
          case ELASTICSEARCH -> "{\"status\":\"green\"}";
          default -> "";
        };
    try (RawServer server =
        answering(line -> line.server().requests().getLast().startsWith("HEAD") ? "" : body)) {
      leavesNothing(kind.at(server.port()), Duration.ofSeconds(60), false);
    }
  }

  @Test
  void afterAGoodAnswerByGrpc() throws Exception {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new HealthStatusManager().getHealthService())
            .directExecutor()
            .build()
            .start();
    try {
      leavesNothing(Kind.GRPC.at(server.getPort()), Duration.ofSeconds(60), false);
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  @Test
  void afterAGoodCertificate(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("good", -1, 30, "ip:127.0.0.1");
    try (RawServer server =
        new RawServer(certificates.listen("good", false), RawServer.Line::hang)) {
      TlsOptions trusting = TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
      ServerUrl url = ServerUrl.of("tls://127.0.0.1:" + server.port()).tls(trusting);
      leavesNothing(
          new CertificateProbe(
              "it", url.limit(Duration.ofHours(1)), Duration.ZERO, Dialer.system()),
          Duration.ofSeconds(60),
          false);
    }
  }
}
