package dev.rollcall.probes;

import static dev.rollcall.probes.Leftovers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakTest {
  private final Dialer dialer = new Dialer(Resolver.system());

  private static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  @Test
  void leavesNoDescriptorAfterAThousandChecksOfEveryKind(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("good", -1, 30, "ip:127.0.0.1");
    HttpSettings trusting =
        HttpSettings.DEFAULT.tls(TlsOptions.DEFAULT.trusting(certificates.pem("ca")));
    try (HttpAsker asker = new HttpAsker(dialer);
        RawServer.Closed refused = new RawServer.Closed();
        RawServer good =
            new RawServer(
                line -> {
                  line.request();
                  line.answer(200, "", "x".repeat(5000));
                });
        RawServer silent = new RawServer(RawServer.Line::hang);
        RawServer broken = new RawServer(line -> line.say("garbage\r\n\r\n"));
        RawServer tls =
            new RawServer(
                certificates.listen("good", false),
                line -> {
                  line.request();
                  line.answer(200, "", "fine");
                })) {
      URI secure = URI.create("https://127.0.0.1:" + tls.port());
      List<HttpQuestion> questions =
          List.of(
              HttpQuestion.of(good.uri("/")),
              HttpQuestion.of(good.uri("/")).settings(HttpSettings.DEFAULT.keepAlive(true)),
              HttpQuestion.of(good.uri("/")).settings(HttpSettings.DEFAULT.bodyLimit(10)),
              HttpQuestion.of(good.uri("/")).expecting(HttpExpectation.DEFAULT.text("no")),
              HttpQuestion.of(silent.uri("/")),
              HttpQuestion.of(silent.uri("/")).method("POST").body("body"),
              HttpQuestion.of(broken.uri("/")),
              HttpQuestion.of(URI.create("http://127.0.0.1:" + refused.port())),
              HttpQuestion.of(secure),
              HttpQuestion.of(secure).settings(trusting));
      run(asker, questions, 2); // Loads what the JVM itself keeps open.
      patiently().untilAsserted(() -> assertThat(silent.open() + good.open()).isZero());
      int before = descriptors();
      run(asker, questions, 100);
      patiently().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before + 1));
    }
  }

  private static void run(HttpAsker asker, List<HttpQuestion> questions, int rounds)
      throws InterruptedException {
    AtomicReference<@Nullable Throwable> ignored = new AtomicReference<>();
    for (int i = 0; i < rounds; i++) {
      List<Thread> threads = new ArrayList<>();
      for (HttpQuestion question : questions) {
        threads.add(
            Checked.start(
                new HttpProbe("it", question, asker),
                Attempt.within(Duration.ofMillis(50)),
                ignored));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  @Test
  void endsAThousandHangingChecksWhenTheyAreInterrupted() throws Exception {
    try (HttpAsker asker = new HttpAsker(dialer);
        RawServer silent =
            new RawServer(
                new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1")),
                RawServer.Line::hang)) {
      AtomicReference<@Nullable Throwable> last = new AtomicReference<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        threads.add(
            Checked.start(
                new HttpProbe("it", HttpQuestion.of(silent.uri("/")), asker),
                Attempt.within(Duration.ofMinutes(10)),
                last));
      }
      patiently().untilAsserted(() -> assertThat(silent.open()).isEqualTo(1000));
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(last.get()).isInstanceOf(InterruptedException.class);
      patiently().untilAsserted(() -> assertThat(silent.open()).isZero());
    }
  }
}
