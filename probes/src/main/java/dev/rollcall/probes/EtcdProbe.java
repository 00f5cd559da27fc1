package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a member of etcd for its `/health`, which says whether the cluster has a leader and can
/// answer; where the URL has a user, it logs in first: `etcd://host`, `etcd://user:password@host`,
/// with TLS `etcd+tls://`. `http://` and `https://` are taken too.
///
/// A login (`/v3/auth/authenticate`) is agreed upon by the whole cluster and written into its log,
/// so its token is kept, and shown to `/v3/kv/range` with the next checks, which changes nothing. A
/// cluster that no longer takes it, as when the password was changed or nobody has used the token
/// for 5 minutes, is logged in to anew.
///
/// @param name what the probe is called
/// @param server port 2379 where it names none
/// @param dialer shared with other probes
public record EtcdProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 2379;

  /// What was given for a login, by where and as whom.
  private static final Map<ServerUrl, String> TOKENS = new ConcurrentHashMap<>();

  /// The user may not see the key, as whom the token makes known.
  private static final int FORBIDDEN = 403;

  private static final int MOST_TOKENS = 1_000;
  private static final Pattern TOKEN =
      Pattern.compile("\"token\"\\s*:\\s*\"([\\w.=+/-]{1,4096})\"");

  /// `health`, which `etcdctl endpoint health` asks for: it need not be there, and the user need
  /// not be allowed to see it.
  private static final String RANGE =
      "{\"key\":\"aGVhbHRo\",\"serializable\":true,\"keys_only\":true,\"limit\":1}";

  /// Checks the URL.
  public EtcdProbe {
    server.understands(Set.of(), Set.of());
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
            authenticate(talk, server.login().get());
          }
          health(talk);
        });
  }

  private void authenticate(Talk talk, Login login)
      throws IOException, ProbeFailure, InterruptedException {
    String token = TOKENS.get(server);
    if (token == null || !isTaken(talk, token)) {
      token = login(talk, login);
      if (TOKENS.size() >= MOST_TOKENS) {
        TOKENS.clear(); // those in use come back
      }
      TOKENS.put(server, token);
    }
  }

  private boolean isTaken(Talk talk, String token)
      throws IOException, ProbeFailure, InterruptedException {
    PlainHttp.Reply reply =
        ask(open(talk), "POST", "/v3/kv/range", "Authorization: %s\r\n".formatted(token), RANGE);
    return reply.status() == 200 || reply.status() == FORBIDDEN;
  }

  private String login(Talk talk, Login login)
      throws IOException, ProbeFailure, InterruptedException {
    String who =
        "{\"name\":%s,\"password\":%s}"
            .formatted(JsonText.of(login.user()), JsonText.of(login.password()));
    PlainHttp.Reply reply = ask(open(talk), "POST", "/v3/auth/authenticate", "", who);
    if (reply.status() != 200) {
      throw ProbeFailure.answered("login: " + reply.why());
    }
    Matcher token = TOKEN.matcher(reply.body());
    if (!token.find()) {
      throw ProbeFailure.answered("login: the answer holds no token");
    }
    return token.group(1);
  }

  private void health(Talk talk) throws IOException, ProbeFailure, InterruptedException {
    Socket socket = open(talk);
    talk.query();
    PlainHttp.Reply reply = ask(socket, "GET", "/health", "", "");
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

  private PlainHttp.Reply ask(
      Socket socket, String method, String path, String headers, String body)
      throws IOException, ProbeFailure {
    String host = server.target(PORT).toString();
    return PlainHttp.ask(
        socket.getOutputStream(), socket.getInputStream(), method, host, path, headers, body);
  }
}
