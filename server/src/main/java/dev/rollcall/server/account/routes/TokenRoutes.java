package dev.rollcall.server.account.routes;

import dev.rollcall.server.account.definition.ApiToken;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.MadeToken;
import dev.rollcall.server.account.store.SessionStore.Session;
import dev.rollcall.server.account.store.SessionStore.Token;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// The sessions of the account that calls, and its API tokens or those of a team. A token is shown
/// once, when it is made.
public final class TokenRoutes {
  private final Sessions sessions;

  public TokenRoutes(Sessions sessions) {
    this.sessions = sessions;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/logout", Access.ACCOUNT, this::logout),
        Route.get("/v1/sessions", Access.ACCOUNT, this::sessions),
        Route.delete("/v1/sessions/{id}", Access.ACCOUNT, this::end),
        Route.get("/v1/tokens", Access.ACCOUNT, this::tokens),
        Route.post("/v1/tokens", Access.ACCOUNT, this::create),
        Route.delete("/v1/tokens/{id}", Access.ACCOUNT, this::revoke));
  }

  private Answer logout(Request request) {
    sessions.end(AccountRoutes.user(request));
    return Envelope.ok();
  }

  private Answer sessions(Request request) {
    Caller.User user = AccountRoutes.user(request);
    return list("sessions", sessions.of(user.account()), (json, row) -> write(json, row, user));
  }

  private static void write(JsonGenerator json, Session session, Caller.User user) {
    json.writeStartObject()
        .writeNumberProperty("id", session.id())
        .writeStringProperty("kind", session.kind() == SessionStore.Kind.JWT ? "token" : "browser")
        .writeStringProperty("address", session.address())
        .writeStringProperty("user_agent", session.agent())
        .writeNumberProperty("created_at", session.createdAt().getEpochSecond())
        .writeNumberProperty("ends_at", session.endsAt().getEpochSecond())
        .writeBooleanProperty("current", session.id() == user.session())
        .writeEndObject();
  }

  private Answer end(Request request) {
    Caller.User user = AccountRoutes.user(request);
    long id = request.pathNumber("id");
    if (!sessions.end(user.account(), id)) {
      throw Refusal.notFound("there is no session " + id);
    }
    return Envelope.ok();
  }

  private Answer tokens(Request request) {
    return list(
        "tokens",
        sessions.tokens(owner(request)),
        (json, row) -> write(json, row, Optional.empty()));
  }

  /// 201 with the token, whose secret is not shown again.
  private Answer create(Request request) {
    Caller.User user = AccountRoutes.user(request);
    long owner = owner(request);
    AnyCase body = AnyCase.of(request.json()).only("name", "scopes").having("name", "scopes");
    String name = body.required("name").strip();
    Set<Permission> permissions = permissions(body);
    if (!user.permissions().containsAll(permissions)) {
      throw Refusal.of(403, "scopes: a token cannot make one that may do more than itself");
    }
    MadeToken made = sessions.makeToken(owner, name, permissions);
    return Envelope.of(
            201,
            json -> {
              json.writeStartObject().writeName("token").writeStartObject().writeName("data");
              write(json, made.token(), Optional.of(made.secret()));
              json.writeEndObject().writeEndObject();
            })
        .naming(made.token().id());
  }

  /// The account that calls, or the team for which it acts and which it owns.
  private static long owner(Request request) {
    Caller.User user = AccountRoutes.user(request);
    user.team()
        .filter(team -> team.role() != TeamRole.OWNER)
        .ifPresent(
            _ -> {
              throw Refusal.of(403, "only an owner of the team may do this");
            });
    return user.team().map(Caller.Membership::team).orElse(user.account());
  }

  private static Set<Permission> permissions(AnyCase body) {
    JsonNode scopes =
        body.value("scopes")
            .orElseThrow(() -> Refusal.badRequest("scopes: is missing: " + remedy()));
    if (!scopes.isArray() || scopes.isEmpty()) {
      throw Refusal.badRequest("scopes: is no list: " + remedy());
    }
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (JsonNode scope : scopes) {
      permissions.add(
          ApiToken.SCOPES
              .find(scope.asString(""))
              .orElseThrow(() -> Refusal.badRequest("scopes: has an unknown one: " + remedy())));
    }
    return permissions;
  }

  private static String remedy() {
    return "give some of [\"read\", \"write\", \"ping\", \"results\"]";
  }

  private static void write(JsonGenerator json, Token token, Optional<String> secret) {
    json.writeStartObject()
        .writeNumberProperty("id", token.id())
        .writeStringProperty("name", token.name());
    secret.ifPresent(text -> json.writeStringProperty("token", text));
    json.writeName("scopes").writeStartArray();
    token.permissions().forEach(each -> json.writeString(ApiToken.SCOPES.word(each)));
    json.writeEndArray().writeNumberProperty("created_at", token.createdAt().getEpochSecond());
    Json.seconds(json, "last_used_at", token.usedAt());
    json.writeEndObject();
  }

  private Answer revoke(Request request) {
    long id = request.pathNumber("id");
    if (!sessions.revoke(owner(request), id)) {
      throw Refusal.notFound("there is no token " + id);
    }
    return Envelope.ok();
  }

  /// Writes one row.
  interface Writer<T> {
    void write(JsonGenerator json, T row);
  }

  static <T> Answer list(String name, List<T> rows, Writer<T> writer) {
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName(name).writeStartObject();
          json.writeName("data").writeStartArray();
          rows.forEach(row -> writer.write(json, row));
          json.writeEndArray().writeEndObject().writeEndObject();
        });
  }
}
