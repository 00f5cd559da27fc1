package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.OPERATOR;
import static dev.rollcall.server.http.Access.PING;
import static dev.rollcall.server.http.Access.PUBLIC;
import static dev.rollcall.server.http.Access.SENDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Authenticator.Finding;
import dev.rollcall.server.http.Caller.Scope;
import java.util.EnumSet;
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

  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(new Caller.Anonymous(), EnumSet.of(PUBLIC)),
        Arguments.of(new Caller.Sender(), EnumSet.of(PUBLIC, PING, SENDER)),
        Arguments.of(new Caller.Operator(true), EnumSet.allOf(Access.class)),
        Arguments.of(new Caller.Operator(false), EnumSet.allOf(Access.class)),
        Arguments.of(new Caller.User(1, Set.of()), EnumSet.of(PUBLIC)),
        Arguments.of(new Caller.User(1, Set.of(Scope.READ)), EnumSet.of(PUBLIC)),
        Arguments.of(new Caller.User(1, Set.of(Scope.WRITE)), EnumSet.of(PUBLIC, PING)));
  }

  @ParameterizedTest
  @MethodSource("table")
  void admitsWhoMay(Caller caller, Set<Access> admitted) {
    for (Access access : Access.values()) {
      assertThat(access.admits(caller))
          .as("%s at %s", caller, access)
          .isEqualTo(admitted.contains(access));
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
      assertThat(served.get("/rows", "Authorization", "wrong").body()).isEqualTo("Owned[owner=0]");
      assertThat(served.get("/rows").body()).as("this machine").isEqualTo("Owned[owner=0]");
    }
    Authenticator user = request -> new Finding.Known(new Caller.User(7, Set.of(Scope.READ)));
    try (Served served = Served.routes(new Authenticators(user, user, user), route)) {
      assertThat(served.get("/rows").body()).isEqualTo("Owned[owner=7]");
    }
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

  @Test
  void aKnownCallerWhoMayNotIsForbidden() throws Exception {
    Authenticator user = request -> new Finding.Known(new Caller.User(7, Set.of(Scope.READ)));
    try (Served served =
        Served.routes(
            new Authenticators(user, user, user),
            Route.post("/write", OPERATOR, request -> Answer.text(200, "written")),
            Route.get("/open", PUBLIC, request -> Answer.text(200, "" + request.caller())))) {
      assertThat(served.post("/write", "").statusCode()).isEqualTo(403);
      assertThat(served.get("/open").body()).isEqualTo("User[account=7, scopes=[READ]]");
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
