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

/// Reads the status of a member of etcd (`/v3/maintenance/status`: no leader, no space, data that
/// differ) and does a read that needs the agreement of the cluster (`/v3/kv/range`). It logs in if
/// the URL has a user: `etcd://host`, `etcd://user:password@host`, with TLS `etcd+tls://`.
/// `http://` and `https://` are accepted too. For a member without the JSON API, or a proxy of
/// etcd, it calls `/health`.
///
/// Neither request is written into the log of the cluster (etcd 3.4 does that for `/health`). A
/// login is written (`/v3/auth/authenticate`), so the token is kept and used for the reads. If the
/// cluster no longer accepts it, the probe logs in again. So there is one entry at the first check,
/// one after a change of the password or a restart of the member, and one for each check if the
/// token was not used for 5 minutes (`--auth-token-ttl`) or has expired (JWT).
///
/// @param name name of the probe
/// @param server port 2379 if the URL has none
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

  /// Validates the URL.
  public EtcdProbe {
    server.understandsNoPath(Set.of());
    server.target(PORT);
  }

  /// A probe of the member at `url`.
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
