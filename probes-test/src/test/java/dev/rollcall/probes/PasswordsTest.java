package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server may repeat the password it was told, as those do that put the request into their error:
/// no probe passes it on.
class PasswordsTest {
  private static final String PASSWORD = "s3cret pass/ü@\"1";
  private static final Duration LIMIT = Duration.ofMillis(200);

  /// What servers say when they refuse, of each kind that a probe passes on.
  @SuppressWarnings("StringConcatToTextBlock") // lines end with CR LF
  private static final List<String> REFUSALS =
      List.of(
          "-ERR %s\r\n",
          "-ERR '%s'\r\n",
          "535 %s\r\n",
          "220 hello\r\n535 %s\r\n",
          "INFO {}\r\n-ERR '%s'\r\n",
          "HTTP/1.1 401 %1$s\r\n"
              + "WWW-Authenticate: Basic realm=\"%1$s\"\r\n"
              + "Connection: close\r\n\r\n"
              + "%1$s",
          "HTTP/1.1 200 %1$s\r\nConnection: close\r\n\r\n%1$s",
          "HTTP/1.1 503 OK\r\n"
              + "Connection: close\r\n\r\n"
              + "{\"healthy\":false,\"probes\":[{\"name\":\"%1$s\",\"comment\":\"%1$s\"}],"
              + "\"status\":\"%1$s\",\"error\":\"%1$s\",\"message\":\"%1$s\",\"reason\":\"%1$s\"}",
          "HTTP/1.1 200 OK\r\n"
              + "Connection: close\r\n\r\n"
              + "{\"healthy\":false,\"probes\":[{\"name\":\"%1$s\",\"comment\":\"%1$s\"}],"
              + "\"status\":{\"indicator\":\"%1$s\",\"description\":\"%1$s\"},\"error\":\"%1$s\",\"message\":\"%1$s\"}",
          "HTTP/1.1 302 Found\r\n"
              + "Location: http://app:%1$s@127.0.0.1:1/%1$s\r\n"
              + "Connection: close\r\n\r\n");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://%s",
        "mysql://%s",
        "redis://%s",
        "mongodb://%s/?authMechanism=SCRAM-SHA-256",
        "etcd://%s",
        "kafka://%s",
        "amqp://%s",
        "nats://%s",
        "smtp://%s?starttls=never",
        "http://%s",
        "philae+http://%s/_health",
        "nsq+http://%s",
        "elasticsearch+http://%s",
        "statuspage+http://%s",
        "statusio+http://%s",
        "swift+http://%s/v3?project=shop",
        "swift+http://%s/v2.0?project=shop",
        "swift+http://%s/auth/v1.0"
      })
  void noReasonHoldsThePasswordThatAServerRepeats(String template) throws IOException {
    String encoded = URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8).replace("+", "%20");
    int told = 0;
    for (String refusal : REFUSALS) {
      for (String form : Leaks.forms(PASSWORD)) {
        try (RawServer server =
            new RawServer(
                line -> {
                  line.out().write(refusal.formatted(form).getBytes(StandardCharsets.UTF_8));
                  line.socket().shutdownOutput();
                  line.hang();
                })) {
          String url = template.formatted("app:" + encoded + "@127.0.0.1:" + server.port());
          ServerUrl limited = ServerUrl.of(url).limit(LIMIT);
          Checked checked =
              Checked.of(new Probes(Dialer.system(), Probes.asker()).of("it", limited));
          assertThat(checked.attempt().dependencies().toString())
              .doesNotContain(Leaks.forms(PASSWORD));
          if (checked.thrown().isPresent()) {
            ProbeFailure failure = checked.failure();
            assertThat(failure.reason()).doesNotContain(Leaks.forms(PASSWORD));
            assertThat(String.valueOf(failure.getCause())).doesNotContain(Leaks.forms(PASSWORD));
            told++;
          }
        }
      }
    }
    assertThat(told).isPositive();
  }

  private static HttpProbe login(int port, String path) {
    HttpQuestion question = HttpQuestion.of("http://127.0.0.1:" + port + path);
    return HttpProbe.of("it", question.basicAuth("app", PASSWORD));
  }

  /// Probes that were told the password in other ways than by a URL of [Probes].
  private static List<IntFunction<Probe>> made() {
    String encoded = URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8).replace("+", "%20");
    HttpCheck repeats =
        answer -> {
          throw ProbeFailure.answered("said " + answer.body());
        };
    return List.of(
        port ->
            login(port, "/")
                .asking(
                    login(port, "/").question().expecting(HttpExpectation.DEFAULT.check(repeats))),
        port -> new PhilaeProbe(login(port, "/_health")),
        port -> new NsqProbe(login(port, "/ping")),
        port -> new StatuspageProbe(login(port, "/api/v2/status.json")),
        port -> new StatusIoProbe(login(port, "/")),
        port -> new ElasticsearchProbe(login(port, "/_cluster/health")),
        port -> ElasticsearchProbe.of("it", "http://app:" + encoded + "@127.0.0.1:" + port),
        port -> PhilaeProbe.of("it", "http://app:" + encoded + "@127.0.0.1:" + port + "/_health"),
        port -> RedisProbe.of("it", "127.0.0.1:" + port, PASSWORD),
        port -> PostgreSqlProbe.of("it", "127.0.0.1:" + port, PASSWORD),
        port -> MySqlProbe.of("it", "127.0.0.1:" + port, PASSWORD),
        port ->
            new EtcdProbe(
                "it",
                ServerUrl.of("etcd://127.0.0.1:" + port).login("app", PASSWORD).limit(LIMIT),
                Dialer.system()));
  }

  @Test
  void noReasonHoldsThePasswordHoweverTheProbeWasMade() throws IOException {
    int told = 0;
    for (IntFunction<Probe> way : made()) {
      for (String refusal : REFUSALS) {
        String all = String.join(" ", Leaks.forms(PASSWORD));
        try (RawServer server = repeating(refusal.formatted(all))) {
          Checked checked = Checked.of(way.apply(server.port()), LIMIT);
          assertThat(checked.attempt().dependencies().toString())
              .doesNotContain(Leaks.forms(PASSWORD));
          if (checked.thrown().isPresent()) {
            assertThat(checked.reason()).doesNotContain(Leaks.forms(PASSWORD));
            told++;
          }
        }
      }
    }
    assertThat(told).isPositive();
  }

  private static RawServer repeating(String text) {
    return new RawServer(
        line -> {
          line.out().write(text.getBytes(StandardCharsets.UTF_8));
          line.socket().shutdownOutput();
          line.hang();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cret pass",
        "s3cret/pass",
        "s3cret#pass",
        "s3cret?pass",
        "s3cret%pass",
        "s3cret\"pass",
        "s3cret[pass",
        "s3cret^pass"
      })
  void refusesAPasswordThatIsNotEncodedWithoutRepeatingIt(String password) {
    List<Function<String, Probe>> ways =
        Stream.concat(
                Probes.schemes().stream()
                    .filter(scheme -> !scheme.equals("unix"))
                    .<Function<String, Probe>>map(
                        scheme ->
                            place -> Probes.forUrl("it", scheme + "://" + place + "/v3?project=x")),
                Stream.<Function<String, Probe>>of(
                    place -> HttpProbe.of("it", "https://" + place + "/"),
                    place -> PhilaeProbe.of("it", "https://" + place + "/"),
                    place -> ElasticsearchProbe.of("it", "https://" + place + "/"),
                    place -> StatuspageProbe.of("it", "https://" + place + "/"),
                    place -> SwiftProbe.of("it", SwiftLogin.of(ServerUrl.of("https://" + place)))))
            .toList();
    for (Function<String, Probe> way : ways) {
      assertThatThrownBy(() -> way.apply("app:" + password + "@db.example"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContainingAny("s3cret", "pass" + "@", "pass\"")
          .satisfies(
              thrown ->
                  assertThat(String.valueOf(thrown.getCause())).doesNotContain("s3cret", "app:"));
    }
  }
}
