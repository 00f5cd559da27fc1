package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Every route that the program opens, against every kind of caller. A route that is new fails here
/// until it has its place in [#PLACED].
class RouteMatrixIT {
  private static final String TOKEN = "0123456789abcdef-right";
  private static final String KEY = "0123456789abcdef-key";

  /// A token as those of `/login` are, which ended in 2020 and was signed with another key.
  private static final String EXPIRED =
      "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoxLCJzaWQiOjEsImV4cCI6MTU3NzgzNjgwMH0." + "x".repeat(43);

  /// All there is, as the program itself lists it at level debug.
  private static final Set<String> PLACED =
      new TreeSet<>(
          Set.of(
              "GET / PUBLIC",
              "GET /live PUBLIC",
              "GET /heartbeat PUBLIC",
              "GET /heartbeat/live PUBLIC",
              "GET /heartbeats PUBLIC",
              "GET /heartbeats/live PUBLIC",
              "GET /services/{id} PUBLIC",
              "GET /channels USER",
              "POST /channels/test USER",
              "POST /channels/delete USER",
              "GET /maintenance USER",
              "POST /maintenance USER",
              "POST /maintenance/end USER",
              "POST /maintenance/delete USER",
              "GET /incidents/{id}/acknowledge PUBLIC",
              "POST /incidents/{id}/acknowledge PUBLIC",
              "GET /groups USER",
              "GET /groups/live USER",
              "GET /incidents USER",
              "GET /incidents/live USER",
              "GET /incidents/{id}/live USER",
              "POST /incidents USER",
              "POST /incidents/{id}/changed USER",
              "GET /incidents/{id} USER",
              "POST /incidents/{id}/acknowledged USER",
              "POST /incidents/{id}/unacknowledged USER",
              "POST /incidents/{id}/note USER",
              "POST /incidents/{id}/resolved USER",
              "POST /incidents/{id}/replay USER",
              "GET /assets/{name} PUBLIC",
              "GET /_health PUBLIC",
              "GET /health PUBLIC",
              "GET /metrics PUBLIC",
              "GET /ready PUBLIC",
              "GET,POST /ping PING",
              "GET,POST,DELETE /ping/remove PING",
              "GET,POST /ping/{name} PING",
              "DELETE /ping/{name} PING",
              "GET,POST /ping/{name}/{signal} PING",
              "GET /v1/heartbeats PUBLIC",
              "GET /v1/heartbeats/{name} PUBLIC",
              "PATCH /v1/heartbeats/{name} USER",
              "POST /v1/heartbeats/{name}/pause USER",
              "POST /v1/heartbeats/{name}/resume USER",
              "GET /v1/_internal/health PUBLIC",
              "GET /v1/deliveries USER",
              "GET /v1/groups USER",
              "GET /v1/incidents USER",
              "GET /v1/incidents/summary USER",
              "POST /v1/incidents USER",
              "GET /v1/incidents/{id} USER",
              "PATCH /v1/incidents/{id} USER",
              "POST /v1/incidents/{id}/resolve USER",
              "POST /v1/deliveries/{id}/replay USER",
              "POST /v1/incidents/{id}/acknowledge USER",
              "DELETE /v1/incidents/{id}/acknowledge USER",
              "POST /v1/incidents/{id}/notes USER",
              "GET /v1/maintenance USER",
              "POST /v1/maintenance USER",
              "GET /v1/maintenance/{id} USER",
              "PATCH /v1/maintenance/{id} USER",
              "DELETE /v1/maintenance/{id} USER",
              "POST /v1/maintenance/{id}/end USER",
              "GET /v1/services PUBLIC",
              "POST /v1/services USER",
              "GET /v1/services/{id} PUBLIC",
              "PATCH /v1/services/{id} USER",
              "DELETE /v1/services/{id} USER",
              "GET /v1/services/{id}/events PUBLIC",
              "GET /v1/services/{id}/latency PUBLIC",
              "GET /v1/services/{id}/paths USER",
              "GET /v1/services/{id}/ticks PUBLIC",
              "POST /register PUBLIC",
              "POST /login PUBLIC",
              "POST / PUBLIC",
              "GET /account PUBLIC",
              "POST /account/login PUBLIC",
              "POST /account/register PUBLIC",
              "POST /account/logout PUBLIC",
              "POST /account/password PUBLIC",
              "POST /account/delete PUBLIC",
              "POST /account/tokens PUBLIC",
              "POST /account/revoke PUBLIC",
              "POST /account/end PUBLIC",
              "GET /account/sso/{name} PUBLIC",
              "GET /account/sso/{name}/callback PUBLIC",
              "POST /account/connect PUBLIC",
              "POST /account/disconnect PUBLIC",
              "POST /account/code PUBLIC",
              "POST /account/codes PUBLIC",
              "POST /account/passkey PUBLIC",
              "POST /account/passkey/add PUBLIC",
              "POST /account/app PUBLIC",
              "POST /account/app/confirm PUBLIC",
              "POST /account/factor/remove PUBLIC",
              "POST /logout ACCOUNT",
              "POST /v1/operator PUBLIC",
              "DELETE /v1/account ACCOUNT",
              "GET /v1/accounts OPERATOR",
              "DELETE /v1/accounts/{id} OPERATOR",
              "GET /accounts OPERATOR",
              "POST /accounts/remove OPERATOR",
              "POST /accounts/invite OPERATOR",
              "POST /accounts/uninvite OPERATOR",
              "GET /v1/audit OPERATOR",
              "POST /v1/account/reset PUBLIC",
              "POST /v1/account/reset/password PUBLIC",
              "GET /account/reset PUBLIC",
              "POST /account/reset PUBLIC",
              "POST /account/reset/password PUBLIC",
              "GET /audit OPERATOR",
              "GET /v1/account ACCOUNT",
              "POST /v1/account/password ACCOUNT",
              "GET /v1/sessions ACCOUNT",
              "DELETE /v1/sessions/{id} ACCOUNT",
              "GET /v1/tokens ACCOUNT",
              "POST /v1/tokens ACCOUNT",
              "DELETE /v1/tokens/{id} ACCOUNT",
              "GET /v1/teams ACCOUNT",
              "POST /v1/teams ACCOUNT",
              "POST /v1/teams/join ACCOUNT",
              "GET /v1/teams/{id} ACCOUNT",
              "PATCH /v1/teams/{id} ACCOUNT",
              "DELETE /v1/teams/{id} ACCOUNT",
              "PATCH /v1/teams/{id}/members/{account} ACCOUNT",
              "DELETE /v1/teams/{id}/members/{account} ACCOUNT",
              "GET /v1/invitations USER",
              "POST /v1/invitations USER",
              "DELETE /v1/invitations/{id} USER",
              "GET /team PUBLIC",
              "POST /account/team PUBLIC",
              "POST /team/rename PUBLIC",
              "POST /team/role PUBLIC",
              "POST /team/remove PUBLIC",
              "POST /team/delete PUBLIC",
              "POST /team/invite PUBLIC",
              "POST /team/uninvite PUBLIC",
              "POST /team/tokens PUBLIC",
              "POST /team/revoke PUBLIC",
              "GET /invitation PUBLIC",
              "POST /invitation PUBLIC",
              "POST /url ACCOUNT",
              "GET /url ACCOUNT",
              "GET /url/{id} ACCOUNT",
              "PATCH /url/{id} ACCOUNT",
              "DELETE /url/{id} ACCOUNT",
              "GET /url/{id}/statuses ACCOUNT",
              "GET /v1/channels USER",
              "POST /v1/channels USER",
              "GET /v1/channels/{name} USER",
              "PATCH /v1/channels/{name} USER",
              "DELETE /v1/channels/{name} USER",
              "GET /v1/channels/{name}/preview USER",
              "POST /v1/channels/{name}/test USER",
              "POST /hops SENDER",
              "POST /targets OPERATOR",
              "GET /targets PUBLIC",
              "DELETE /targets/{ip} OPERATOR",
              "GET /next SENDER",
              "POST /next SENDER",
              "GET /v1/nodes USER",
              "POST /v1/nodes/{name} SENDER",
              "DELETE /v1/nodes/{name} OPERATOR",
              "GET /nodes USER",
              "GET /nodes/live USER",
              "POST /results SENDER",
              "POST /rotate OPERATOR",
              "GET /dump OPERATOR",
              "GET /stats PUBLIC",
              "GET /recent PUBLIC"));

  /// Public reads of rows that belong to somebody: who shows credentials that are not valid is
  /// refused, and does not get the rows of the operator.
  private static final Set<String> OF_SOMEBODY =
      Set.of(
          "GET / PUBLIC",
          "GET /live PUBLIC",
          "GET /services/{id} PUBLIC",
          "GET /heartbeat PUBLIC",
          "GET /heartbeat/live PUBLIC",
          "GET /heartbeats PUBLIC",
          "GET /heartbeats/live PUBLIC",
          "GET /v1/heartbeats PUBLIC",
          "GET /v1/heartbeats/{name} PUBLIC",
          "GET /v1/services PUBLIC",
          "GET /v1/services/{id} PUBLIC",
          "GET /v1/services/{id}/events PUBLIC",
          "GET /v1/services/{id}/latency PUBLIC",
          "GET /v1/services/{id}/ticks PUBLIC");

  private static final Pattern METRIC =
      Pattern.compile("(?m)^# TYPE (rollcall_\\S+|http_\\S+|output_\\S+)");

  @TempDir static Path folder;

  private static RunningRollcall rollcall;

  /// Where heartbeats have a key, and a port of their own.
  private static RunningRollcall withKey;

  private static final Map<String, String> sessions = new HashMap<>();
  private static final Map<Member, String> tokens = new HashMap<>();
  private static long team;

  /// Who calls, and what becomes of a call to a route of the operator.
  private enum Caller {
    ANONYMOUS_REMOTE(true, 401),
    LOOPBACK(false, 0),
    LOOPBACK_BY_ITS_NAME(false, 0, "Host: localhost:8080"),
    LOOPBACK_WITH_A_FOREIGN_HOST(false, 403, "Host: rebound.example"),
    LOOPBACK_THROUGH_A_PROXY(false, 403, "X-Forwarded-For: 203.0.113.7"),
    LOOPBACK_THROUGH_A_STANDARD_PROXY(false, 403, "Forwarded: for=203.0.113.7"),
    PAGE_OF_ANOTHER_SITE(false, 403, "Origin: http://evil.example"),
    SANDBOXED_PAGE(false, 403, "Origin: null"),
    FETCH_OF_ANOTHER_SITE(false, 403, "Sec-Fetch-Site: cross-site"),
    RIGHT_TOKEN(true, 0, "Authorization: Bearer " + TOKEN),
    RIGHT_TOKEN_ALONE(true, 0, "Authorization: " + TOKEN),
    RIGHT_TOKEN_FROM_LOOPBACK_THROUGH_A_PROXY(
        false, 0, "Authorization: Bearer " + TOKEN, "X-Forwarded-For: 203.0.113.7"),
    WRONG_TOKEN(true, 401, "Authorization: Bearer 0123456789abcdef-wrong"),
    WRONG_TOKEN_FROM_LOOPBACK(false, 401, "Authorization: Bearer 0123456789abcdef-wrong"),
    RIGHT_KEY(true, 401, "Ping-Key: " + KEY),
    RIGHT_KEY_FROM_LOOPBACK(false, 0, "Ping-Key: " + KEY),
    RIGHT_KEY_AND_TOKEN(true, 0, "Ping-Key: " + KEY, "Authorization: Bearer " + TOKEN),
    RIGHT_KEY_FROM_A_PAGE_OF_ANOTHER_SITE(false, 403, "Origin: null", "Ping-Key: " + KEY),
    WRONG_KEY(true, 401, "Ping-Key: 0123456789abcdef-no"),
    WRONG_KEY_FROM_LOOPBACK(false, 0, "Ping-Key: 0123456789abcdef-no");

    private final boolean remote;
    private final int refused;
    private final String headers;

    /// @param refused the status at a route of the operator; 0 where the caller may
    Caller(boolean remote, int refused, String... headers) {
      this.remote = remote;
      this.refused = refused;
      this.headers = String.join("", Stream.of(headers).map(header -> header + "\r\n").toList());
    }

    private int refusedAt(MountedRoute route, boolean keyed) {
      if (isForTheMachine(route)) {
        return 401;
      }
      if (headers.contains("-wrong")
          && (OF_SOMEBODY.contains(route.line()) || route.access().equals("PING"))) {
        return 401;
      }
      return switch (route.access()) {
        case "PUBLIC" -> route.method().equals("POST") && isOfAnotherSite() ? 403 : 0;
        case "ACCOUNT" -> 401;
        case "PING" -> {
          if (isOfAnotherSite()) {
            yield 403;
          }
          yield !keyed || headers.contains(KEY) ? 0 : 401;
        }
        case "SENDER" -> headers.contains(TOKEN) ? 0 : 401; // once one is set, it alone counts
        default -> refused;
      };
    }

    private boolean isOfAnotherSite() {
      return headers.startsWith("Origin") || headers.startsWith("Sec-Fetch-Site");
    }
  }

  /// It wants to be shown the key of the installation, whoever calls.
  private static boolean isForTheMachine(MountedRoute route) {
    return route.path().equals("/v1/operator");
  }

  /// A path with an id or name that nothing has: what may be done changes nothing.
  private static String nothing(MountedRoute route) {
    return route
        .path()
        .replace("{id}", "999999")
        .replace("{account}", "999999")
        .replace("{ip}", "1.2.3.4")
        .replace("{name}", "nobody")
        .replace("{signal}", "start");
  }

  @BeforeAll
  static void start() throws IOException {
    rollcall = started("without-key");
    withKey =
        started(
            "with-key",
            "--heartbeat-key=" + KEY,
            "--ping-port=0",
            "--accounts-logins-per-minute=1000000");
  }

  private static RunningRollcall started(String name, String... more) throws IOException {
    return Plan.in(Files.createDirectory(folder.resolve(name)))
        .flags("--token=" + TOKEN, "--log-level=debug")
        .flags(more)
        .start();
  }

  @AfterAll
  static void stop() {
    rollcall.close();
    withKey.close();
  }

  @Test
  void everyRouteIsPlaced() {
    for (RunningRollcall each : List.of(rollcall, withKey)) {
      assertThat(MountedRoute.of(each).stream().map(MountedRoute::line))
          .extracting(line -> line.replaceFirst("/assets/\\S+", "/assets/{name}"))
          .containsOnly(PLACED.toArray(String[]::new));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallerMayWhatItsKindMay(Caller caller) throws IOException {
    assertMatrix(rollcall, caller, false);
    assertMatrix(withKey, caller, true);
  }

  private static void assertMatrix(RunningRollcall one, Caller caller, boolean keyed)
      throws IOException {
    for (MountedRoute route : MountedRoute.of(one)) {
      int status = status(route, caller);
      int refused = caller.refusedAt(route, keyed);
      IntPredicate right =
          refused == 0 ? code -> code != 401 && code != 403 && code < 500 : code -> code == refused;
      assertThat(right.test(status))
          .as("%s from %s, with a key %s: status %d", route.line(), caller, keyed, status)
          .isTrue();
    }
  }

  /// Who has an account or a token of one, and may read, write, send heartbeats and measurements,
  /// and whether that is an operator's.
  private enum Member {
    USER("user", "read", "write", "ping", "results"),
    OPERATOR("operator", "read", "write", "ping", "results"),
    READER_OF_USER("user", "read"),
    WRITER_OF_USER("user", "write"),
    JOB_OF_USER("user", "ping"),
    READER_OF_OPERATOR("operator", "read"),
    WRITER_OF_OPERATOR("operator", "write"),
    JOB_OF_OPERATOR("operator", "ping"),
    NODE_OF_OPERATOR("operator", "results"),
    VIEWER_IN_TEAM("viewer", "read", "write", "ping", "results"),
    EDITOR_IN_TEAM("editor", "read", "write", "ping", "results"),
    OWNER_OF_TEAM("owner", "read", "write", "ping", "results"),
    TOKEN_OF_TEAM("owner", "read", "write", "ping"),
    READER_OF_TEAM("owner", "read"),
    REVOKED("user"),
    EXPIRED("user"),
    FORGED("user");

    private final String account;
    private final String scopes;

    Member(String account, String... scopes) {
      this.account = account;
      this.scopes = String.join(",", scopes);
    }

    /// Whether it acts for the team.
    private boolean inTeam() {
      return Set.of("viewer", "editor", "owner").contains(account);
    }

    private boolean isTeam() {
      return this == TOKEN_OF_TEAM || this == READER_OF_TEAM;
    }

    /// Who is in the team, by invitation and by tokens, is for those who own it.
    private boolean mayNotInvite(MountedRoute route) {
      boolean invites = route.line().contains(" /v1/invitations");
      boolean tokens = route.line().contains(" /v1/tokens");
      boolean owns = this == OWNER_OF_TEAM || (invites && account.equals("operator"));
      return (invites || (tokens && inTeam())) && !owns;
    }

    /// 401, 403, or 0 where the member may call.
    private int refusedAt(MountedRoute route) {
      if (isForTheMachine(route)) {
        return 401;
      }
      if (this == REVOKED || this == FORGED || this == EXPIRED) {
        return route.access().equals("PUBLIC") && !OF_SOMEBODY.contains(route.line()) ? 0 : 401;
      }
      boolean changes = !route.method().equals("GET");
      boolean looksOnly = this == VIEWER_IN_TEAM && (changes || route.access().equals("PING"));
      if (looksOnly && Set.of("ACCOUNT", "USER", "PING").contains(route.access())) {
        return 403;
      }
      if (mayNotInvite(route) || (isTeam() && route.access().equals("ACCOUNT"))) {
        return 403;
      }
      boolean operator = account.equals("operator");
      boolean password =
          route.line().startsWith("POST /v1/account/password ")
              || route.line().startsWith("DELETE /v1/account ");
      boolean membership =
          route.line().contains("/members/")
              || route.line().startsWith("POST /v1/teams/join ")
              || route.line().startsWith("DELETE /v1/teams/");
      if ((password || membership) && !scopes.contains(",")) {
        return 403; // no token may end what the person at the keyboard may
      }
      boolean needed = scopes.contains(route.method().equals("GET") ? "read" : "write");
      boolean may =
          switch (route.access()) {
            case "PUBLIC" -> true;
            case "PING" -> scopes.contains("ping");
            case "SENDER" -> operator && scopes.contains("results");
            case "ACCOUNT", "USER" -> needed;
            default -> operator && needed;
          };
      return may ? 0 : 403;
    }
  }

  @Test
  void anAccountMayWhatItsKindMay() throws IOException {
    for (Member member : Member.values()) {
      for (MountedRoute route : MountedRoute.of(withKey)) {
        String token = token(member);
        String query = member.inTeam() ? "?team=" + team() : "";
        int status = status(route, query, true, "Authorization: Bearer " + token + "\r\n");
        if (route.line().startsWith("POST /logout ")) {
          sessions.put(member.account, loggedIn(member.account)); // this one may have ended
        }
        int refused = member.refusedAt(route);
        boolean hidden = route.access().equals("PUBLIC") && !member.scopes.contains("read");
        boolean right =
            refused == 0
                ? status != 401 && (status != 403 || hidden) && status < 500
                : status == refused;
        assertThat(right).as("%s from %s: status %d", route.line(), member, status).isTrue();
      }
    }
  }

  private static String token(Member member) {
    String session = sessions.computeIfAbsent(member.account, RouteMatrixIT::loggedIn);
    if (Set.of(
            Member.USER,
            Member.OPERATOR,
            Member.VIEWER_IN_TEAM,
            Member.EDITOR_IN_TEAM,
            Member.OWNER_OF_TEAM)
        .contains(member)) {
      return session;
    }
    if (member == Member.EXPIRED) {
      return EXPIRED;
    }
    if (member == Member.FORGED) {
      return "rc_" + "x".repeat(43);
    }
    String scopes =
        member == Member.REVOKED ? "\"read\"" : "\"" + member.scopes.replace(",", "\", \"") + "\"";
    return tokens.computeIfAbsent(
        member,
        _ -> {
          JsonNode made =
              withKey
                  .send(
                      "POST",
                      "/v1/tokens" + (member.isTeam() ? "?team=" + team() : ""),
                      "{\"name\":\"" + member + "\",\"scopes\":[" + scopes + "]}",
                      "Authorization",
                      session)
                  .json()
                  .at("/data/token/data");
          if (member == Member.REVOKED) {
            withKey.send(
                "DELETE", "/v1/tokens/" + made.get("id").asLong(), "", "Authorization", session);
          }
          return made.get("token").stringValue();
        });
  }

  /// The team of those who act for one.
  private static long team() {
    if (team == 0) {
      String owner = sessions.computeIfAbsent("owner", RouteMatrixIT::loggedIn);
      team =
          withKey
              .send("POST", "/v1/teams", "{\"name\":\"ops\"}", "Authorization", owner)
              .json()
              .at("/data/team/data/id")
              .asLong();
      for (String role : List.of("viewer", "editor")) {
        String code =
            withKey
                .send(
                    "POST",
                    "/v1/invitations?team=" + team,
                    "{\"role\":\"" + role + "\"}",
                    "Authorization",
                    owner)
                .json()
                .at("/data/invitation/data/invitation")
                .stringValue();
        String member = sessions.computeIfAbsent(role, RouteMatrixIT::loggedIn);
        assertThat(
                withKey
                    .send(
                        "POST",
                        "/v1/teams/join",
                        "{\"invitation\":\"" + code + "\"}",
                        "Authorization",
                        member)
                    .status())
            .isEqualTo(200);
      }
    }
    return team;
  }

  private static String loggedIn(String account) {
    String body =
        "{\"email\":\"%s@example.org\",\"password\":\"correct horse\"}".formatted(account);
    if (!sessions.containsKey(account)) {
      String code = withKey.log().replaceFirst("(?s).*setup code, once: (\\S+).*", "$1");
      withKey.send(
          "POST",
          "/register",
          account.equals("operator")
              ? body.replace("}", ",\"setupcode\":\"" + code + "\"}")
              : body);
    }
    return withKey.send("POST", "/login", body).json().stringValue();
  }

  @Test
  void theDocumentationNamesEveryRouteAndMetric() throws IOException {
    String documentation = documentation();
    // What pages load and send by themselves is theirs alone.
    assertThat(PLACED)
        .filteredOn(
            route ->
                !route.contains("/live ")
                    && !route.contains("/assets/")
                    && !route.contains(" /account/")
                    && !route.contains(" /accounts/")
                    && !route.contains(" /team/")
                    && !route.matches("POST /(incidents/\\{id}|maintenance|channels)/.*"))
        .extracting(route -> route.split(" ", -1)[1])
        .allSatisfy(path -> assertThat(documentation).contains(path));
    assertDocumented(rollcall, documentation);
    String told = rollcall.log().replaceFirst("(?s).*(write access: [^\n]*).*", "$1");
    assertThat(documentation)
        .as("the README shows the start without a token")
        .contains(
            told.replace("this machine and clients with the token", "this machine")
                .replace("clients with the token", "everybody"));
    for (String command : List.of("collect", "targets")) {
      try (RunningRollcall alone =
          Plan.of(command, Files.createDirectory(folder.resolve(command))).start()) {
        alone.get("/next"); // a series begins with what it counts
        assertDocumented(alone, documentation);
      }
    }
  }

  private static void assertDocumented(RunningRollcall one, String documentation) {
    assertThat(METRIC.matcher(one.health("/metrics").body()).results())
        .extracting(found -> found.group(1))
        .isNotEmpty()
        .allSatisfy(metric -> assertThat(documentation).contains(metric));
  }

  private static String documentation() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
      StringBuilder all = new StringBuilder(Files.readString(Path.of("../README.md")));
      for (Path page : pages.filter(each -> each.toString().endsWith(".md")).toList()) {
        all.append(Files.readString(page));
      }
      return all.toString();
    }
  }

  private static int status(MountedRoute route, Caller caller) throws IOException {
    return status(route, "", caller.remote, caller.headers);
  }

  private static int status(MountedRoute route, String query, boolean remote, String headers)
      throws IOException {
    InetAddress address = remote ? ownAddress() : InetAddress.ofLiteral("127.0.0.1");
    try (Socket socket = new Socket(address, route.port())) {
      socket.setSoTimeout(10_000);
      StringBuilder request = new StringBuilder();
      request.append(route.method()).append(' ').append(nothing(route));
      request.append(query).append(" HTTP/1.1\r\n");
      if (!headers.startsWith("Host:")) {
        request.append("Host: ").append(address.getHostAddress()).append("\r\n");
      }
      request.append(headers);
      request.append(
          "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
      socket.getOutputStream().write(request.toString().getBytes(ISO_8859_1));
      // No further than the status: a stream of events has no end.
      String answer = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
      return Integer.parseInt(answer.split(" ", -1)[1]);
    }
  }

  /// An address of this machine that is not loopback: who connects to it comes from it.
  private static InetAddress ownAddress() throws SocketException {
    Optional<InetAddress> own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .filter(address -> address.getAddress().length == 4)
            .findFirst();
    return own.orElseThrow(
        () ->
            new AssertionError(
                "this test needs an IPv4 address beside loopback, to call as a remote one"));
  }
}
