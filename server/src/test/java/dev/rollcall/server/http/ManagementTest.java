package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.OPERATOR;
import static dev.rollcall.server.http.Access.PING;
import static dev.rollcall.server.http.Access.PUBLIC;
import static dev.rollcall.server.http.Access.SENDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementTest {
  private static final String TOKEN = "s3cret-token";
  private static final Route[] ROUTES = {
    Route.get("/open", PUBLIC, request -> Answer.text(200, "open")),
    Route.post("/rotate", OPERATOR, request -> Answer.text(200, "rotated")),
  };
  private static Served withToken;
  private static Served without;

  @BeforeAll
  static void serve() {
    withToken =
        Served.routes(
            Served.authenticators(Optional.of(TOKEN), Set.of("Monitor.Example"), Optional.empty()),
            ROUTES);
    without = Served.routes(ROUTES);
  }

  @AfterAll
  static void stop() {
    withToken.close();
    without.close();
  }

  private static String rotate(Served served, String... headers) throws Exception {
    return served.raw(
        "POST /rotate HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n"
            + String.join("\r\n", headers)
            + "\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer s3cret-token",
        "bearer s3cret-token",
        "s3cret-token",
        "Bearer  s3cret-token "
      })
  void admitsTheTokenWhereverItComesFrom(String authorization) throws Exception {
    assertThat(
            rotate(
                withToken,
                "Host: evil.example",
                "Via: 1.1 proxy",
                "Authorization: " + authorization))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "s3cret-toke",
        "s3cret-tokenx",
        "Bearer",
        "Basic s3cret-token",
        "Bearer s3cret-token x"
      })
  void answersAWrongTokenWith401EvenAtTheMachineItself(String authorization) throws Exception {
    assertThat(rotate(withToken, "Host: localhost", "Authorization: " + authorization))
        .startsWith("HTTP/1.1 401 Unauthorized")
        .containsIgnoringCase("WWW-Authenticate: Bearer")
        .doesNotContain(TOKEN);
    assertThat(rotate(without, "Host: localhost", "Authorization: " + authorization))
        .startsWith("HTTP/1.1 401");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: localhost",
        "Host: LOCALHOST:8080",
        "Host: 127.0.0.1:8080",
        "Host: 127.9.9.9",
        "Host: [::1]:8080",
        "Host: monitor.example:8080",
        "Host: localhost:8080\r\nOrigin: http://localhost:8080",
        "Host: localhost:8080\r\nSec-Fetch-Site: same-origin",
        "Host: localhost:8080\r\nSec-Fetch-Site: none"
      })
  void admitsATrueLoopbackCaller(String headers) throws Exception {
    assertThat(rotate(withToken, headers)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: localhost.evil.example",
        "Host: 127.0.0.1.evil.example",
        "Host: 10.0.0.1",
        "Host: localhost\r\nX-Forwarded-For: 1.2.3.4",
        "Host: localhost\r\nx-forwarded-host: a",
        "Host: localhost\r\nForwarded: for=1.2.3.4",
        "Host: localhost\r\nX-Real-IP: 1.2.3.4",
        "Host: localhost\r\nVia: 1.1 haproxy",
        "Host: localhost:8080\r\nOrigin: http://evil.example",
        "Host: localhost:8080\r\nOrigin: http://localhost:9090",
        "Host: localhost:8080\r\nOrigin: null",
        "Host: localhost:8080\r\nOrigin: http://localhost:8080\r\nOrigin: http://evil.example",
        "Host: localhost:8080\r\nSec-Fetch-Site: cross-site",
        "Host: localhost:8080\r\nSec-Fetch-Site: same-site",
        "Host: localhost:8080\r\nSec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site"
      })
  void refusesALoopbackCallerThatAPageOrProxyCouldBe(String headers) throws Exception {
    assertThat(rotate(withToken, headers))
        .startsWith("HTTP/1.1 403 Forbidden")
        .contains(": send the token");
  }

  @Test
  void looksAtTheHostOfTheTargetWhereThereIsOne() throws Exception {
    String rest = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assertThat(withToken.raw("POST http://evil.example/rotate" + rest))
        .startsWith("HTTP/1.1 403 Forbidden")
        .contains("'evil.example'");
    assertThat(withToken.raw("POST http://localhost:80/rotate" + rest))
        .startsWith("HTTP/1.1 200 OK");
  }

  @Test
  void asksCallersFromElsewhereForTheToken() throws Exception {
    Optional<InetAddress> address =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(one -> !one.isLoopbackAddress() && one instanceof java.net.Inet4Address)
            .findFirst();
    assertThat(address).as("this machine has an address beside loopback").isPresent();
    Listening all = Listening.on("0.0.0.0", 0, "--port");
    try (Served open = Served.routes(all, ROUTES);
        Socket socket = new Socket(address.get(), open.listener.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /rotate HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 401");
    }
  }

  @Test
  void leavesPublicRoutesToEverybody() throws Exception {
    String stranger =
        String.join(
            "\r\n",
            "GET /open HTTP/1.1",
            "Host: evil.example",
            "Connection: close",
            "Origin: null",
            "Authorization: x",
            "\r\n");
    assertThat(withToken.raw(stranger)).startsWith("HTTP/1.1 200");
  }

  /// From this machine: another address of it stands for a stranger's.
  @Test
  void letsOnlyWritersCallInAndSend() throws Exception {
    Predicate<InetAddress> here = address -> address.getHostAddress().equals("127.0.0.1");
    Route[] routes = {
      Route.get("/ping", PING, request -> Answer.text(200, "recorded")),
      Route.post("/results", SENDER, request -> Answer.text(200, "stored")),
    };
    Listening all = Listening.on("0.0.0.0", 0, "--port");
    InetAddress elsewhere = ownAddress();
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    String token = "Authorization: Bearer " + TOKEN;
    try (Served open =
            Served.routes(
                all, Served.authenticators(Optional.empty(), Set.of(), Optional.of(here)), routes);
        Served closed =
            Served.routes(
                all,
                Served.authenticators(Optional.of(TOKEN), Set.of(), Optional.of(here)),
                routes)) {
      for (Served served : List.of(open, closed)) {
        assertThat(status(served, loopback, "GET /ping")).isEqualTo(200);
        assertThat(status(served, elsewhere, "GET /ping")).isEqualTo(403);
        for (String header :
            List.of("X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "Via: 1.1 a")) {
          assertThat(status(served, loopback, "GET /ping", header)).as(header).isEqualTo(403);
        }
        assertThat(status(served, loopback, "GET /ping", "Host: evil.example")).isEqualTo(200);
      }
      assertThat(status(closed, elsewhere, "GET /ping", token)).isEqualTo(200);
      assertThat(status(open, loopback, "POST /results")).isEqualTo(200);
      assertThat(status(open, elsewhere, "POST /results")).isEqualTo(403);
      assertThat(status(closed, loopback, "POST /results")).isEqualTo(401);
      assertThat(status(closed, elsewhere, "POST /results", token)).isEqualTo(200);
    }
  }

  private static int status(Served served, InetAddress from, String asked, String... headers)
      throws Exception {
    try (Socket socket = new Socket(from, served.listener.port())) {
      String lines = String.join("", Stream.of(headers).map(each -> each + "\r\n").toList());
      String host = lines.startsWith("Host:") ? "" : "Host: localhost\r\n";
      socket
          .getOutputStream()
          .write(
              (asked
                      + " HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n"
                      + host
                      + lines
                      + "\r\n")
                  .getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return Integer.parseInt(answer.split(" ", -1)[1]);
    }
  }

  private static InetAddress ownAddress() throws Exception {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(one -> !one.isLoopbackAddress() && one instanceof java.net.Inet4Address)
        .findFirst()
        .orElseThrow(() -> new AssertionError("this machine has no address beside loopback"));
  }

  @Test
  void keepsTheTokenOutOfTexts() {
    assertThat(new StaticToken(Optional.of(TOKEN)).toString())
        .doesNotContain(TOKEN)
        .contains("***");
    assertThatIllegalArgumentException().isThrownBy(() -> new StaticToken(Optional.of(" ")));
  }
}
