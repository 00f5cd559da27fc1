package dev.rollcall.server.account.routes;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.ServerKey;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.signin.MachineProof;
import dev.rollcall.server.account.signin.Operators;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// What operators do about accounts over HTTP.
public final class OperatorRoutes {
  private final Operators operators;
  private final MachineProof proof;
  private final Clock clock;

  public OperatorRoutes(Operators operators, MachineProof proof, Clock clock) {
    this.operators = operators;
    this.proof = proof;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.list("/v1/accounts", Access.OPERATOR, this::list),
        Route.delete("/v1/accounts/{id}", Access.OPERATOR, this::remove),
        Route.post("/v1/operator", Access.PUBLIC, this::atTheMachine));
  }

  /// Who has an account, the newest first, with the teams of each.
  private Answer list(Request request) {
    Newest page = Newest.of(request);
    return page.answer(
        "accounts",
        operators.newest(page.before(), page.limit()),
        listed -> listed.account().id(),
        OperatorRoutes::write);
  }

  private static void write(JsonGenerator json, AccountStore.Listed listed) {
    Account account = listed.account();
    json.writeStartObject()
        .writeNumberProperty("id", account.id())
        .writeStringProperty("email", account.email())
        .writeStringProperty("role", account.operates() ? "operator" : "user")
        .writeBooleanProperty("second_factor", account.secondFactor())
        .writeNumberProperty("created_at", account.createdAt().getEpochSecond())
        .writeName("teams")
        .writeStartArray();
    for (Team.Mine team : listed.teams()) {
      json.writeStartObject()
          .writeNumberProperty("id", team.id())
          .writeStringProperty("name", team.name())
          .writeStringProperty("role", Team.ROLES.word(team.role()))
          .writeEndObject();
    }
    json.writeEndArray().writeEndObject();
  }

  /// Deletes an account with all that is its own.
  private Answer remove(Request request) {
    operators.remove(request.caller(), request.pathNumber("id"));
    return Envelope.ok();
  }

  /// `{}` for a new setup code, `{"reset": "ann@example.org"}` for a new password of an account
  /// without second factors; for who shows that they can read the key of the installation.
  private Answer atTheMachine(Request request) throws InterruptedException {
    String body = new String(request.body(), StandardCharsets.UTF_8);
    String shown = request.header(MachineProof.HEADER).orElse("");
    if (!ServerKey.readable(() -> proof.isValid(shown, body, clock.wall()))) {
      throw Refusal.of(401, "the proof is missing or not valid: run rollcall operator");
    }
    Optional<String> reset = AnyCase.of(Json.stored(body)).text("reset");
    String made = reset.isPresent() ? operators.newPassword(reset.get()) : operators.newSetupCode();
    return Envelope.ok(
        json ->
            json.writeStartObject()
                .writeStringProperty(reset.isPresent() ? "password" : "setup_code", made)
                .writeEndObject());
  }
}
