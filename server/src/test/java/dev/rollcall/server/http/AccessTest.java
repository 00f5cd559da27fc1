package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.ACCOUNT;
import static dev.rollcall.server.http.Access.OPERATOR;
import static dev.rollcall.server.http.Access.PING;
import static dev.rollcall.server.http.Access.PUBLIC;
import static dev.rollcall.server.http.Access.SENDER;
import static dev.rollcall.server.http.Access.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Authenticator.Finding;
import dev.rollcall.server.http.Caller.Permission;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Who may what, and whom a route sees.
class AccessTest {
  private static final String TOKEN = "s3cret-token";

  private static Caller.User user(boolean operates, Permission... permissions) {
    return new Caller.User(7, 3, operates, Set.of(permissions), Optional.empty());
  }

  private static Caller.User member(Caller.TeamRole role, Permission... permissions) {
    return new Caller.User(
        7, 3, false, Set.of(permissions), Optional.of(new Caller.Membership(9, "ops", role)));
  }

  /// Who may read, and who may write.
  static Stream<Arguments> table() {
    Set<Access> all = EnumSet.allOf(Access.class);
    Set<Access> allButAccount = EnumSet.complementOf(EnumSet.of(ACCOUNT));
    return Stream.of(
        Arguments.of(new Caller.Anonymous(), EnumSet.of(PUBLIC), EnumSet.of(PUBLIC)),
        Arguments.of(
            new Caller.Sender(),
            EnumSet.of(PUBLIC, PING, SENDER),
            EnumSet.of(PUBLIC, PING, SENDER)),
        Arguments.of(new Caller.Operator(true), allButAccount, allButAccount),
        Arguments.of(new Caller.Operator(false), allButAccount, allButAccount),
        Arguments.of(user(false), EnumSet.of(PUBLIC), EnumSet.of(PUBLIC)),
        Arguments.of(
            user(false, Permission.READ), EnumSet.of(PUBLIC, ACCOUNT, USER), EnumSet.of(PUBLIC)),
        Arguments.of(
            user(false, Permission.WRITE), EnumSet.of(PUBLIC), EnumSet.of(PUBLIC, ACCOUNT, USER)),
        Arguments.of(
            user(false, Permission.PING), EnumSet.of(PUBLIC, PING), EnumSet.of(PUBLIC, PING)),
        Arguments.of(
            user(true, Permission.PING), EnumSet.of(PUBLIC, PING), EnumSet.of(PUBLIC, PING)),
        Arguments.of(user(false, Permission.RESULTS), EnumSet.of(PUBLIC), EnumSet.of(PUBLIC)),
        Arguments.of(
            user(true, Permission.RESULTS), EnumSet.of(PUBLIC, SENDER), EnumSet.of(PUBLIC, SENDER)),
        Arguments.of(user(true, Permission.values()), all, all),
        Arguments.of(
            member(Caller.TeamRole.VIEWER, Permission.values()),
            EnumSet.of(PUBLIC, ACCOUNT, USER),
            EnumSet.of(PUBLIC)),
        Arguments.of(
            member(Caller.TeamRole.EDITOR, Permission.values()),
            EnumSet.of(PUBLIC, PING, ACCOUNT, USER),
            EnumSet.of(PUBLIC, PING, ACCOUNT, USER)),
        Arguments.of(
            member(Caller.TeamRole.OWNER, Permission.READ),
            EnumSet.of(PUBLIC, ACCOUNT, USER),
            EnumSet.of(PUBLIC)),
        Arguments.of(
            new Caller.Team(9, Set.of(Permission.values())),
            EnumSet.of(PUBLIC, PING, USER),
            EnumSet.of(PUBLIC, PING, USER)),
        Arguments.of(
            new Caller.Team(9, Set.of(Permission.READ)),
            EnumSet.of(PUBLIC, USER),
            EnumSet.of(PUBLIC)));
  }

  @ParameterizedTest
  @MethodSource("table")
  void admitsWhoMay(Caller caller, Set<Access> reading, Set<Access> writing) {
    for (Access access : Access.values()) {
      assertThat(access.admits(caller, Method.GET))
          .as("%s reads at %s", caller, access)
          .isEqualTo(reading.contains(access));
      assertThat(access.admits(caller, Method.DELETE))
          .as("%s writes at %s", caller, access)
          .isEqualTo(writing.contains(access));
    }
  }

  @Test
  void aPublicRouteSeesWhoCalls() throws Exception {
    try (Served served =
        Served.routes(
            Served.authenticators(Optional.of(TOKEN), Set.of(), Optional.empty()),
            Route.get("/who", PUBLIC, request -> Answer.text(200, request.caller().toString())))) {
      assertThat(served.get("/who").body()).isEqualTo("Operator[withToken=false]");
      assertThat(served.get("/who", "Authorization", "Bearer " + TOKEN).body())
          .isEqualTo("Operator[withToken=true]");
      for (String header :
          new String[] {
            "Authorization: wrong",
            "Origin: http://evil.example",
            "X-Forwarded-For: 203.0.113.7",
            "Sec-Fetch-Site: cross-site"
          }) {
        String[] parts = header.split(": ", 2);
        assertThat(served.get("/who", parts).statusCode()).as(header).isEqualTo(200);
        assertThat(served.get("/who", parts).body()).as(header).isEqualTo("Anonymous[]");
      }
    }
  }

  @Test
  void whoeverHasNoTokenSeesTheRowsOfTheOperatorOnly() throws Exception {
    Route route = Route.get("/rows", PUBLIC, request -> Answer.text(200, "" + request.scope()));
    try (Served served =
        Served.routes(
            Served.authenticators(Optional.of(TOKEN), Set.of(), Optional.empty()), route)) {
      assertThat(served.get("/rows", "Authorization", "Bearer " + TOKEN).body())
          .isEqualTo("Everything[]");
      for (String wrong :
          List.of(
              "wrong",
              "Bearer wrong",
              "bearer  wrong",
              "Bearer",
              "Bearer ",
              "Bearer: " + TOKEN,
              "Token " + TOKEN,
              "JWT x",
              "x y z")) {
        assertThat(served.get("/rows", "Authorization", wrong).statusCode())
            .as(wrong)
            .isEqualTo(401);
      }
      assertThat(served.get("/rows", "Authorization", "Basic dTpw").body())
          .as("what a proxy in front asks for")
          .isEqualTo("Owned[owner=0]");
      for (String others : List.of("basic dTpw", "Digest username=\"u\"", "Negotiate YII=")) {
        assertThat(served.get("/rows", "Authorization", others).statusCode())
            .as(others)
            .isEqualTo(200);
      }
      assertThat(served.get("/rows", "Authorization", "Bearer\t" + TOKEN).body())
          .isEqualTo("Everything[]");
      String[] two = {"Authorization", "Basic dTpw", "Authorization", "Bearer " + TOKEN};
      assertThat(served.get("/rows", two).body()).isEqualTo("Everything[]");
      String[] wrong = {"Authorization", "Bearer " + TOKEN, "Authorization", "Bearer wrong"};
      assertThat(served.get("/rows", wrong).statusCode()).isEqualTo(401);
      assertThat(served.get("/rows").body()).as("this machine").isEqualTo("Owned[owner=0]");
      assertThat(served.get("/rows?team=ops").statusCode()).isEqualTo(401);
      assertThat(served.get("/rows?team=ops", "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(400);
      assertThat(served.get("/rows?team=ops", "X-Forwarded-For", "203.0.113.7").statusCode())
          .as("nobody")
          .isEqualTo(401);
    }
    Authenticator user = request -> new Finding.Known(user(false, Permission.READ));
    try (Served served = Served.routes(new Authenticators(user, user, user), route)) {
      assertThat(served.get("/rows").body()).isEqualTo("Owned[owner=7]");
    }
  }

  @Test
  void whoMayNotIsToldWhy() {
    assertThat(Access.USER.reasonAgainst(user(false, Permission.READ), Method.POST))
        .isEqualTo("this token has no scope 'write'");
    assertThat(Access.PING.reasonAgainst(user(false, Permission.READ), Method.POST))
        .isEqualTo("this token has no scope 'ping'");
    assertThat(
            Access.USER.reasonAgainst(
                member(Caller.TeamRole.VIEWER, Permission.values()), Method.POST))
        .startsWith("a viewer sees what the team has");
    assertThat(OPERATOR.reasonAgainst(user(false, Permission.values()), Method.GET))
        .isEqualTo("this is for operators");
    assertThat(ACCOUNT.reasonAgainst(new Caller.Team(9, Set.of(Permission.values())), Method.GET))
        .isEqualTo("this is for an account: send the token of one");
  }

  @Test
  void aRouteSeesItsSenders() throws Exception {
    try (Served served =
        Served.routes(
            Served.fromThisMachine(),
            Route.get("/ping", PING, request -> Answer.text(200, request.caller().toString())))) {
      assertThat(served.get("/ping").body()).isEqualTo("Sender[]");
    }
  }

  @Test
  void looksAtTheCallerOnceAndOnlyWhereSomebodyAsks() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Authenticator counting =
        request -> {
          looks.incrementAndGet();
          return new Finding.Known(new Caller.Operator(true));
        };
    try (Served served =
        Served.routes(
            new Authenticators(counting, counting, counting),
            Route.get("/open", PUBLIC, request -> Answer.text(200, "open")),
            Route.post("/write", OPERATOR, request -> Answer.text(200, "" + request.caller())))) {
      assertThat(served.get("/open").statusCode()).isEqualTo(200);
      assertThat(looks).hasValue(0);
      assertThat(served.post("/write", "").statusCode()).isEqualTo(200);
      assertThat(looks).hasValue(1);
    }
  }

  /// Otherwise it could delete something in the moment in which the database is back.
  @Test
  void onlyARouteThatSaysSoBelievesWhatWasValidAWhileAgo() throws Exception {
    Authenticator nobody = request -> new Finding.Nothing();
    Authenticator believed = request -> new Finding.Known(user(false, Permission.PING));
    try (Served served =
        Served.routes(
            new Authenticators(nobody, nobody, nobody, believed, nobody),
            Route.get("/call", PING, request -> Answer.text(200, "recorded")).believing(),
            Route.get("/remove", PING, request -> Answer.text(200, "removed")))) {
      assertThat(served.get("/call").statusCode()).isEqualTo(200);
      assertThat(served.get("/remove").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aKnownCallerWhoMayNotIsForbidden() throws Exception {
    Authenticator user = request -> new Finding.Known(user(false, Permission.READ));
    try (Served served =
        Served.routes(
            new Authenticators(user, user, user),
            Route.post("/write", OPERATOR, request -> Answer.text(200, "written")),
            Route.get("/open", PUBLIC, request -> Answer.text(200, "" + request.caller())))) {
      assertThat(served.post("/write", "").statusCode()).isEqualTo(403);
      assertThat(served.get("/open").body())
          .isEqualTo(
              "User[account=7, session=3, operates=false, permissions=[READ],"
                  + " team=Optional.empty]");
    }
  }

  @Test
  void theFirstThatKnowsCountsAndElseTheFirstReason() throws Exception {
    Authenticator nothing = request -> new Finding.Nothing();
    Authenticator doubtful = request -> new Finding.Doubtful("a proxy");
    Authenticator unknown = request -> new Finding.Unknown("wrong");
    Authenticator known = request -> new Finding.Known(new Caller.Sender());
    assertThat(statusOf(Authenticator.firstOf(unknown, doubtful, known))).isEqualTo(200);
    assertThat(statusOf(Authenticator.firstOf(nothing, doubtful, unknown))).isEqualTo(403);
    assertThat(statusOf(Authenticator.firstOf(nothing, unknown, doubtful))).isEqualTo(401);
    assertThat(statusOf(Authenticator.firstOf(nothing))).isEqualTo(401);
    assertThat(statusOf(known.and(unknown))).isEqualTo(401);
    assertThat(statusOf(doubtful.and(unknown))).isEqualTo(403);
    assertThat(statusOf(known.and(known))).isEqualTo(200);
  }

  private static int statusOf(Authenticator authenticator) throws Exception {
    try (Served served =
        Served.routes(
            new Authenticators(authenticator, authenticator, authenticator),
            Route.post("/results", SENDER, request -> Answer.text(200, "stored")))) {
      return served.post("/results", "").statusCode();
    }
  }
}
