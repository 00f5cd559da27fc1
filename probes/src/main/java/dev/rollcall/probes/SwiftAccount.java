package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a login to Swift yields: where the account is, and the token to ask it with.
record SwiftAccount(URI url, String token) {
  private static final String SWIFT = "object-store";

  /// The body to ask Keystone with.
  static String request(SwiftLogin login) {
    ObjectNode body = JsonAnswer.empty();
    ObjectNode auth = body.putObject("auth");
    if (login.version() == SwiftLogin.Version.V2) {
      auth.putObject("passwordCredentials")
          .put("username", login.login().user())
          .put("password", login.login().password());
      login.scope().project().ifPresent(name -> auth.put("tenantName", name));
      login.scope().projectId().ifPresent(id -> auth.put("tenantId", id));
      return body.toString();
    }
    String userDomain = login.scope().userDomain().orElse("Default");
    ObjectNode identity = auth.putObject("identity");
    identity.putArray("methods").add("password");
    ObjectNode user = identity.putObject("password").putObject("user");
    user.put("name", login.login().user()).put("password", login.login().password());
    user.putObject("domain").put("name", userDomain);
    if (login.scope().projectId().isPresent()) {
      auth.putObject("scope").putObject("project").put("id", login.scope().projectId().get());
    } else if (login.scope().project().isPresent()) {
      ObjectNode project = auth.putObject("scope").putObject("project");
      project.put("name", login.scope().project().get());
      project.putObject("domain").put("name", login.scope().projectDomain().orElse(userDomain));
    }
    return body.toString();
  }

  /// Reads it from the answer to a login.
  static SwiftAccount of(SwiftLogin login, HttpAnswer answer) throws ProbeFailure {
    return switch (login.version()) {
      case V1 -> account(answer.header("X-Storage-Url"), answer.header("X-Auth-Token"));
      case V2 -> {
        JsonNode access = JsonAnswer.object(answer.body()).path("access");
        yield account(
            of(access.path("serviceCatalog"))
                .filter(SwiftAccount::isSwift)
                .flatMap(service -> of(service.path("endpoints")))
                .filter(endpoint -> isIn(endpoint, login.region()))
                .map(endpoint -> endpoint.path("publicURL").asString(""))
                .findFirst(),
            Optional.of(access.path("token").path("id").asString("")));
      }
      case V3 ->
          account(
              of(JsonAnswer.object(answer.body()).path("token").path("catalog"))
                  .filter(SwiftAccount::isSwift)
                  .flatMap(service -> of(service.path("endpoints")))
                  .filter(endpoint -> endpoint.path("interface").asString("").equals("public"))
                  .filter(endpoint -> isIn(endpoint, login.region()))
                  .map(endpoint -> endpoint.path("url").asString(""))
                  .findFirst(),
              answer.header("X-Subject-Token"));
    };
  }

  private static Stream<JsonNode> of(JsonNode array) {
    return array.values().stream();
  }

  private static boolean isSwift(JsonNode service) {
    return service.path("type").asString("").equals(SWIFT);
  }

  private static boolean isIn(JsonNode endpoint, Optional<String> region) {
    return region.isEmpty() || endpoint.path("region").asString("").equals(region.get());
  }

  private static SwiftAccount account(Optional<String> url, Optional<String> token)
      throws ProbeFailure {
    if (token.isEmpty() || token.get().isEmpty()) {
      throw ProbeFailure.answered("login: the answer has no token");
    }
    if (url.isEmpty()) {
      throw ProbeFailure.answered(
          "login: the catalog names no object-store (is the project right, and the region?)");
    }
    try {
      return new SwiftAccount(HttpQuestion.normal(URI.create(url.get())), token.get());
    } catch (IllegalArgumentException e) {
      throw ProbeFailure.answered("login: the answer has no valid URL of Swift");
    }
  }

  /// The address alone.
  @Override
  public String toString() {
    return HttpQuestion.origin(url);
  }
}
