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

/// Asks a member of etcd what is wrong with it (`/v3/maintenance/status`: no leader, no space, data
/// that differ), and for a read that the cluster has to agree on (`/v3/kv/range`); where the URL
/// has a user, as whom it logs in: `etcd://host`, `etcd://user:password@host`, with TLS
/// `etcd+tls://`. `http://` and `https://` are taken too. A member without the JSON API, or a proxy
/// of etcd's own, is asked for `/health`.
///
/// Neither question is written into the cluster's log, as `/health` is by etcd 3.4. A login is
/// (`/v3/auth/authenticate`), so its token is kept, and shown with the read; a cluster that no
/// longer takes it is logged in to anew. That remains: one entry when the first check is made, one
/// when the password was changed or the member started anew, and one for each check where nobody
/// has used the token for 5 minutes (`--auth-token-ttl`), or it has ended (JWT).
///
/// @param name what the probe is called
/// @param server port 2379 where it names none
/// @param dialer shared with other probes
public record EtcdProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 2379;

  /// What was given for a login, by where and as whom.
  private static final Map<ServerUrl, String> TOKENS = new ConcurrentHashMap<>();

  /// The user may not see the key.
  private static final int FORBIDDEN = 403;

  /// The token is not known, or older than who has which rights.
  private static final Set<Integer> TOKEN_REFUSED = Set.of(400, 401);

  private static final int MOST_TOKENS = 1_000;
  private static final Pattern TOKEN =
      Pattern.compile("\"token\"\\s*:\\s*\"([\\w.=+/-]{1,4096})\"");

  /// What etcd's own errors and answers have, and nobody else's.
  private static final Pattern ETCD = Pattern.compile("\"(?:cluster_id|code)\"\\s*:");

  private static final Pattern ERRORS = Pattern.compile("\"errors\"\\s*:\\s*\\[([^\\]]+)]");

  /// `health`, which `etcdctl endpoint health` asks for: it need not be there, and the user need
  /// not be allowed to see it, which is found out after the cluster has agreed.
  private static final String READ = "{\"key\":\"aGVhbHRo\",\"keys_only\":true,\"limit\":1}";

  /// Without it a read waits 7 s for a leader.
  private static final String AT_ONCE = "Grpc-Metadata-hasleader: true\r\n";

  /// Checks the URL.
  public EtcdProbe {
    server.understandsNoPath(Set.of());
    server.target(PORT);
  }

  /// Asks the member of `url`.
  public static EtcdProbe of(String name, String url) {
    return new EtcdProbe(name, ServerUrl.of(url), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          PlainHttp.Reply status = query(session, "POST", "/v3/maintenance/status", "", "{}");
          session.progress().attempt().answered(status.status());
          Matcher errors = ERRORS.matcher(status.body());
          if (errors.find()) {
            throw ProbeFailure.answered(
                "query: not healthy: " + errors.group(1).replace("\"", "").strip());
          }
          if (server.login().isPresent()) {
            judge(readAs(session, server.login().get()));
          } else if (ETCD.matcher(status.body()).find()) {
            judge(read(session, ""));
          } else {
            health(session);
          }
        });
  }

  private PlainHttp.Reply readAs(Session session, Login login)
      throws IOException, ProbeFailure, InterruptedException {
    String token = TOKENS.get(server);
    if (token != null) {
      PlainHttp.Reply reply = read(session, token);
      if (!TOKEN_REFUSED.contains(reply.status())) {
        return reply;
      }
    }
    token = login(session, login);
    if (TOKENS.size() >= MOST_TOKENS) {
      TOKENS.clear(); // those in use come back
    }
    TOKENS.put(server, token);
    return read(session, token);
  }

  private PlainHttp.Reply read(Session session, String token)
      throws IOException, ProbeFailure, InterruptedException {
    String shown = token.isEmpty() ? "" : "Authorization: %s\r\n".formatted(token);
    return query(session, "POST", "/v3/kv/range", AT_ONCE + shown, READ);
  }

  /// The cluster has agreed also where it then says that this user, or one without a name, may not
  /// see the key.
  private void judge(PlainHttp.Reply reply) throws ProbeFailure {
    boolean forbidden =
        reply.status() == FORBIDDEN
            || (server.login().isEmpty() && reply.why().equals("etcdserver: user name is empty"));
    if (!forbidden && (reply.status() != 200 || !ETCD.matcher(reply.body()).find())) {
      throw ProbeFailure.answered("query: not healthy: " + reply.why());
    }
  }

  private String login(Session session, Login login)
      throws IOException, ProbeFailure, InterruptedException {
    String who =
        "{\"name\":%s,\"password\":%s}"
            .formatted(JsonText.of(login.user()), JsonText.of(login.password()));
    PlainHttp.Reply reply = ask(open(session), "POST", "/v3/auth/authenticate", "", who);
    if (reply.status() != 200) {
      throw ProbeFailure.answered("login: " + reply.why());
    }
    Matcher token = TOKEN.matcher(reply.body());
    if (!token.find()) {
      throw ProbeFailure.answered("login: the answer holds no token");
    }
    return token.group(1);
  }

  private void health(Session session) throws IOException, ProbeFailure, InterruptedException {
    PlainHttp.Reply reply = query(session, "GET", "/health", "", "");
    session.progress().attempt().answered(reply.status());
    if (reply.status() != 200 || !reply.body().matches("(?s).*\"health\"\\s*:\\s*\"true\".*")) {
      throw ProbeFailure.answered("query: not healthy: " + reply.why());
    }
  }

  private Socket open(Session session) throws ProbeFailure, InterruptedException {
    String scheme = server.scheme();
    boolean secure = scheme.equals("https") || scheme.endsWith("+tls");
    return session.open(server.target(PORT), secure ? Optional.of(server.tls()) : Optional.empty());
  }

  /// On a connection of its own, as the answers of [PlainHttp] end with theirs.
  private PlainHttp.Reply query(
      Session session, String method, String path, String headers, String body)
      throws IOException, ProbeFailure, InterruptedException {
    Socket socket = open(session);
    session.query();
    return ask(socket, method, path, headers, body);
  }

  private PlainHttp.Reply ask(
      Socket socket, String method, String path, String headers, String body)
      throws IOException, ProbeFailure {
    String host = server.target(PORT).toString();
    return PlainHttp.ask(
        socket.getOutputStream(), socket.getInputStream(), method, host, path, headers, body);
  }
}
