package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probe.Probe;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of etcd members that are not well, real ones but where the test says otherwise.
@Timeout(120)
class EtcdProbeTest {
  private static String post(int port, String path, Optional<String> token, String json)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
            .POST(BodyPublishers.ofString(json));
    token.ifPresent(shown -> request.header("Authorization", shown));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }
  }

  private static Optional<String> token(int port) throws Exception {
    String login = "{\"name\":\"root\",\"password\":\"%s\"}".formatted(RealServer.PASSWORD);
    return Optional.of(
        post(port, "/v3/auth/authenticate", Optional.empty(), login)
            .replaceFirst("(?s).*\"token\":\"([^\"]+)\".*", "$1"));
  }

  @Test
  void tellsTheAlarmOfAMember() throws Exception {
    RealServer.Started started = RealServer.ETCD.started();
    try (ServerRun run = started.run()) {
      String url = started.url(RealServer.PASSWORD);
      int port = URI.create(url).getPort();
      String alarm = "{\"action\":\"ACTIVATE\",\"memberID\":\"7\",\"alarm\":\"NOSPACE\"}";
      post(port, "/v3/maintenance/alarm", token(port), alarm);
      assertThat(run.alive()).isTrue();
      for (String who : List.of(url, url.replaceFirst("//.*@", "//"))) {
        assertThat(Checked.of(Probes.forUrl("it", who)).reason())
            .isEqualTo("query: not healthy: memberID:7 alarm:NOSPACE");
      }
    }
  }

  @Test
  void noticesAtOnceThatThePasswordWasChanged() throws Exception {
    RealServer.Started started = RealServer.ETCD.started();
    try (ServerRun run = started.run()) {
      String url = started.url(RealServer.PASSWORD);
      Probe probe = Probes.forUrl("it", url);
      Checked.of(probe).assertUp();
      int port = URI.create(url).getPort();
      String change = "{\"name\":\"root\",\"password\":\"another\"}";
      post(port, "/v3/auth/user/changepw", token(port), change);
      assertThat(run.alive()).isTrue();
      assertThat(Checked.of(probe).reason())
          .isEqualTo("login: etcdserver: authentication failed, invalid user ID or password");
      Checked.of(Probes.forUrl("it", started.url("another"))).assertUp();
    }
  }

  /// Two members, of which one ends: no majority is left.
  @Test
  void tellsAtOnceThatThereIsNoLeader() throws Exception {
    int peer = ServerRun.freePort();
    int other = ServerRun.freePort();
    String cluster = "one=http://127.0.0.1:%d,two=http://127.0.0.1:%d".formatted(peer, other);
    int port = ServerRun.freePort();
    try (ServerRun stays = member("one", port, peer, cluster)) {
      Probe probe = EtcdProbe.of("it", "etcd://127.0.0.1:" + port);
      try (ServerRun ends = member("two", ServerRun.freePort(), other, cluster)) {
        RealServer.waitFor(probe, stays);
        assertThat(ends.alive()).isTrue();
      }
      // the one that is left may take itself for the leader until its next election
      assertThat(Checked.of(probe).reason())
          .isIn(
              "query: not healthy: etcdserver: no leader",
              "timeout: no answer within 3 s (connected, the query is not answered)");
      assertThat(Checked.of(probe).reason()).isEqualTo("query: not healthy: etcdserver: no leader");
    }
  }

  private static ServerRun member(String name, int port, int peer, String cluster) {
    ServerRun run = new ServerRun("etcd-" + name);
    String client = "http://127.0.0.1:" + port;
    String peers = "http://127.0.0.1:" + peer;
    run.start(
        List.of(
            "etcd",
            "--name",
            name,
            "--data-dir",
            "" + run.folder().resolve("data"),
            "--listen-client-urls",
            client,
            "--advertise-client-urls",
            client,
            "--listen-peer-urls",
            peers,
            "--initial-advertise-peer-urls",
            peers,
            "--initial-cluster",
            cluster,
            "--unsafe-no-fsync"),
        Map.of());
    return run;
  }

  /// A stand-in for a member that was started without its JSON API, and for etcd's own proxy.
  @ParameterizedTest
  @CsvSource({"true, ''", "false, query: not healthy: status 503"})
  void asksForHealthWhereThatIsAllThereIs(boolean well, String reason) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean health = exchange.getRequestURI().getPath().equals("/health");
          byte[] body =
              (health ? "{\"health\":\"" + well + "\"}" : "404 page not found\n")
                  .getBytes(StandardCharsets.UTF_8);
          int status = well ? 200 : 503;
          exchange.sendResponseHeaders(health ? status : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      Checked checked =
          Checked.of(EtcdProbe.of("it", "etcd://127.0.0.1:" + server.getAddress().getPort()));
      assertThat(checked.thrown().map(Throwable::getMessage).orElse("")).isEqualTo(reason);
    } finally {
      server.stop(0);
    }
  }
}
