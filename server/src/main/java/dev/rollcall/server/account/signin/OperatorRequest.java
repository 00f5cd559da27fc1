package dev.rollcall.server.account.signin;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.secret.InstallationKey;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What `rollcall operator` asks of a running server.
///
/// @param body `{}`, or `{"reset": "ann@example.org"}`
/// @param proof that the command can read the key of the installation
public record OperatorRequest(String body, String proof) {
  /// The request for a setup code, or for another password of an account.
  public static OperatorRequest of(InstallationKey key, Optional<String> reset, Instant now) {
    String body =
        Json.text(
            json -> {
              json.writeStartObject();
              reset.ifPresent(email -> json.writeStringProperty("reset", email));
              json.writeEndObject();
            });
    return new OperatorRequest(body, new MachineProof(key).of(body, now));
  }

  /// The request to a server.
  public HttpRequest.Builder to(URI server) {
    return HttpRequest.newBuilder(URI.create(server + "/v1/operator"))
        .header("Content-Type", "application/json")
        .header(MachineProof.HEADER, proof)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /// What the server made.
  ///
  /// @throws Refusal with its reason, if it refused
  public String made(int status, String answer) {
    JsonNode body = read(answer);
    JsonNode data = body.path("data");
    String made = data.path("setup_code").asString(data.path("password").asString(""));
    if (status == 200 && !made.isEmpty()) {
      return made;
    }
    throw Refusal.badRequest(
        body.path("errors")
            .path(0)
            .asString("what answers there is no Rollcall (status " + status + ")"));
  }

  private static JsonNode read(String answer) {
    try {
      return Json.stored(answer);
    } catch (IllegalStateException | ClassCastException e) {
      return MissingNode.getInstance(); // another program's
    }
  }
}
