package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Probe;
import dev.rollcall.probes.SwiftLogin.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against Swift with its own login and with Keystone's version 3. No Keystone of today has version
/// 2.0: there, a stand-in answers as its documentation says.
class SwiftProbeTest {
  private static final String PASSWORD = SwiftServers.PASSWORD;

  @TempDir static Path folder;
  private static SwiftServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers = new SwiftServers(folder);
    // A proxy answers 401 for as long as Keystone does not answer it.
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> Checked.of(patient(v3(PASSWORD))).assertUp());
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  /// The servers are slow to think where others build beside them.
  private static Probe patient(SwiftLogin login) {
    return new SwiftProbe(
        "it", login, HttpSettings.DEFAULT, Duration.ofSeconds(30), Probes.asker());
  }

  private static SwiftLogin v3(String password) {
    return SwiftLogin.v3(servers.v3(), "admin", password, Scope.project("admin"));
  }

  @Test
  void logsInToSwiftItself() {
    Checked.of(patient(SwiftLogin.v1(servers.v1(), "test:tester", PASSWORD))).assertUp();
    Checked wrong = Checked.of(patient(SwiftLogin.v1(servers.v1(), "test:tester", "wrong-one")));
    assertThat(wrong.reason()).isEqualTo("login: refused (status 401)");
    assertThat(wrong.failure().answered()).isTrue();
  }

  @Test
  void logsInToKeystoneAndAsksSwift() {
    Checked.of(patient(v3(PASSWORD))).assertUp();
    Checked.of(patient(v3(PASSWORD).region("east"))).assertUp();
    assertThat(Checked.of(patient(v3("wrong-one"))).reason())
        .isEqualTo("login: refused (status 401)");
    assertThat(Checked.of(patient(v3(PASSWORD).region("west"))).reason())
        .startsWith("login: the catalog names no object-store");
  }

  @Test
  void takesAllOfItFromAUrlOrTheEnvironment() {
    ServerUrl url =
        ServerUrl.of("swift+" + servers.v3() + "?project=admin&region=east")
            .login("admin", PASSWORD)
            .limit(Duration.ofSeconds(30));
    Checked.of(new Probes(Dialer.system(), Probes.asker()).of("it", url)).assertUp();
    Map<String, String> environment =
        Map.of(
            "OS_AUTH_URL",
            servers.v3(),
            "OS_USERNAME",
            "admin",
            "OS_PASSWORD",
            PASSWORD,
            "OS_PROJECT_NAME",
            "admin",
            "OS_USER_DOMAIN_NAME",
            "Default",
            "OS_REGION_NAME",
            "east");
    Checked.of(patient(SwiftLogin.of(environment))).assertUp();
    assertThat(SwiftLogin.of(environment).toString()).doesNotContain(PASSWORD);
  }

  @Test
  void readsTheEnvironmentOfEveryVersion() {
    assertThat(
            SwiftLogin.of(Map.of("ST_AUTH", "http://h/auth/v1.0", "ST_USER", "u", "ST_KEY", "k")))
        .isEqualTo(SwiftLogin.v1("http://h/auth/v1.0", "u", "k"));
    assertThat(
            SwiftLogin.of(
                Map.of(
                    "OS_AUTH_URL",
                    "http://h:5000/v2.0",
                    "OS_USERNAME",
                    "u",
                    "OS_PASSWORD",
                    "p",
                    "OS_TENANT_NAME",
                    "t")))
        .isEqualTo(SwiftLogin.v2("http://h:5000/v2.0", "u", "p", "t"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SwiftLogin.of(Map.of("OS_AUTH_URL", "http://h")))
        .withMessage("OS_USERNAME is not set in the environment");
  }

  @Test
  void logsInToAStandInForKeystone2() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              String request = line.request();
              if (request.startsWith("HEAD /v1/AUTH_1 ") && request.contains("X-Auth-Token: t0k")) {
                line.answer(204, "", "");
              } else if (request.startsWith("POST /v2.0/tokens ")) {
                byte[] body = new byte[500];
                int length = line.in().read(body);
                boolean right =
                    new String(body, 0, length, StandardCharsets.UTF_8).contains(PASSWORD);
                line.answer(
                    right ? 200 : 401,
                    "",
                    """
                    {"access":{"token":{"id":"t0k"},"serviceCatalog":[{"type":"object-store",
                    "endpoints":[{"region":"east","publicURL":"http://127.0.0.1:%d/v1/AUTH_1"}]}]}}\
                    """
                        .formatted(line.server().port()));
              }
            })) {
      String url = "http://127.0.0.1:%d/v2.0".formatted(server.port());
      Checked.of(SwiftProbe.of("it", SwiftLogin.v2(url, "u", PASSWORD, "t"))).assertUp();
      assertThat(Checked.of(SwiftProbe.of("it", SwiftLogin.v2(url, "u", "no", "t"))).reason())
          .isEqualTo("login: refused (status 401)");
    }
  }

  @Test
  void saysWhichOfTheTwoHangsOrIsRefused() throws IOException {
    int port;
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      port = silent.port();
      SwiftLogin login = SwiftLogin.v1(silent.uri("/auth/v1.0").toString(), "u", PASSWORD);
      assertThat(Checked.of(SwiftProbe.of("it", login), Duration.ofMillis(300)).reason())
          .matches(
              "login \\(127.0.0.1:%d\\): timeout: no answer within \\d+ ms".formatted(port)
                  + " \\(connected, waiting for the first byte\\)");
    }
    SwiftLogin gone = SwiftLogin.v1("http://127.0.0.1:%d/auth/v1.0".formatted(port), "u", "k");
    assertThat(Checked.of(SwiftProbe.of("it", gone)).reason())
        .isEqualTo("login (127.0.0.1:%d): connect: refused by 127.0.0.1:%d".formatted(port, port));
    try (RawServer half =
        new RawServer(
            line -> {
              line.request();
              line.answer(
                  200,
                  "X-Auth-Token: t\r\nX-Storage-Url: http://127.0.0.1:%d/v1/a\r\n".formatted(port),
                  "");
            })) {
      SwiftLogin login = SwiftLogin.v1(half.uri("/auth/v1.0").toString(), "u", PASSWORD);
      assertThat(Checked.of(SwiftProbe.of("it", login)).reason())
          .isEqualTo(
              "storage (127.0.0.1:%d): connect: refused by 127.0.0.1:%d".formatted(port, port));
    }
  }
}
