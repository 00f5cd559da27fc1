package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;

/// Asks a member of etcd for its `/health`, which says whether the cluster has a leader and can
/// answer; where the URL has a user, it logs in first (`/v3/auth/authenticate`): `etcd://host`,
/// `etcd://user:password@host`, with TLS `etcd+tls://`. `http://` and `https://` are taken too.
///
/// @param name what the probe is called
/// @param server port 2379 where it names none
/// @param dialer shared with other probes
public record EtcdProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 2379;

  /// Checks the URL.
  public EtcdProbe {
    server.target(PORT);
  }

  /// Asks the member of `url`.
  public static EtcdProbe of(String name, String url) {
    return new EtcdProbe(name, ServerUrl.of(url), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Talk.hold(
        attempt,
        server,
        dialer,
        talk -> {
          if (server.login().isPresent()) {
            login(talk, server.login().get());
          }
          health(talk);
        });
  }

  private void login(Talk talk, Login login)
      throws IOException, ProbeFailure, InterruptedException {
    String who =
        "{\"name\":%s,\"password\":%s}"
            .formatted(JsonText.of(login.user()), JsonText.of(login.password()));
    PlainHttp.Reply reply = ask(open(talk), "POST", "/v3/auth/authenticate", who);
    if (reply.status() != 200) {
      throw ProbeFailure.answered("login: " + reply.why());
    }
  }

  private void health(Talk talk) throws IOException, ProbeFailure, InterruptedException {
    Socket socket = open(talk);
    talk.query();
    PlainHttp.Reply reply = ask(socket, "GET", "/health", "");
    talk.trail().attempt().answered(reply.status());
    if (reply.status() != 200 || !reply.body().matches("(?s).*\"health\"\\s*:\\s*\"true\".*")) {
      throw ProbeFailure.answered("query: not healthy: " + reply.why());
    }
  }

  private Socket open(Talk talk) throws ProbeFailure, InterruptedException {
    String scheme = server.scheme();
    boolean secure = scheme.equals("https") || scheme.endsWith("+tls");
    return talk.open(server.target(PORT), secure ? Optional.of(server.tls()) : Optional.empty());
  }

  private PlainHttp.Reply ask(Socket socket, String method, String path, String body)
      throws IOException, ProbeFailure {
    String host = server.target(PORT).toString();
    return PlainHttp.ask(
        socket.getOutputStream(), socket.getInputStream(), method, host, path, body);
  }
}
