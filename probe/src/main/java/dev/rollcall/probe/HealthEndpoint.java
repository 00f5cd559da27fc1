package dev.rollcall.probe;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What `/_health` answers, as a plain function of method and path, for any server:
///
/// | path | answers |
/// | --- | --- |
/// | `/_health` | all probes |
/// | `/_health/live` | those of [Group#LIVENESS]; with none, well for as long as the process answers |
/// | `/_health/ready` | those of [Group#READINESS]: all that were added without naming a group |
///
/// Each call runs the checks; calls that come while a run is under way share it, down to the bytes
/// of its answer. 200 when all are well, 503 when not. [HealthHandler] puts it into the JDK's
/// server; there are modules for Servlet containers and Spring Boot.
///
/// An endpoint does not change; each setting returns another one.
public final class HealthEndpoint {
  /// Where health is asked for unless something else is said.
  public static final String PATH = "/_health";

  private final Prober prober;
  private final Settings settings;
  private final Map<String, HealthRoute> routes;

  private record Settings(String path, boolean forGoClients, boolean withActuator) {}

  private HealthEndpoint(Prober prober, Settings settings) {
    this.prober = prober;
    this.settings = settings;
    this.routes = routes(prober, settings);
  }

  /// The endpoint of a prober at `/_health`.
  public static HealthEndpoint of(Prober prober) {
    return new HealthEndpoint(prober, new Settings(PATH, false, false));
  }

  /// The same at another path; the groups' paths follow it.
  ///
  /// @param path starts with `/` and does not end with one
  public HealthEndpoint at(String path) {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException(
          "path: \"%s\" has to start with / and not to end with it".formatted(path));
    }
    return new HealthEndpoint(
        prober, new Settings(path, settings.forGoClients(), settings.withActuator()));
  }

  /// The same for clients that are written in Go with go-philae (its `PhilaeProbe`), which take
  /// another status than 200 for a broken service: always 200, in the form [Form#GO_CLIENTS]. Load
  /// balancers and orchestrators, which look at the status alone, cannot use it; the paths of the
  /// groups still answer them with 503.
  public HealthEndpoint forGoClients() {
    return new HealthEndpoint(prober, new Settings(settings.path(), true, settings.withActuator()));
  }

  /// The same which also answers as Spring Boot's Actuator does ([Form#ACTUATOR]) at
  /// `/actuator/health`, `/actuator/health/liveness` and `/actuator/health/readiness`, for tools
  /// that look there.
  public HealthEndpoint withActuator() {
    return new HealthEndpoint(prober, new Settings(settings.path(), settings.forGoClients(), true));
  }

  private static Map<String, HealthRoute> routes(Prober prober, Settings settings) {
    HealthRoute.Question all = prober::check;
    HealthRoute.Question live = () -> prober.check(Group.LIVENESS);
    HealthRoute.Question ready = () -> prober.check(Group.READINESS);
    Map<String, HealthRoute> routes = new HashMap<>();
    if (settings.withActuator()) {
      routes.put("/actuator/health", new HealthRoute(all, Form.ACTUATOR, 503));
      routes.put("/actuator/health/liveness", new HealthRoute(live, Form.ACTUATOR, 503));
      routes.put("/actuator/health/readiness", new HealthRoute(ready, Form.ACTUATOR, 503));
    }
    Form form = settings.forGoClients() ? Form.GO_CLIENTS : Form.PHILAE;
    routes.put(settings.path(), new HealthRoute(all, form, settings.forGoClients() ? 200 : 503));
    routes.put(settings.path() + "/live", new HealthRoute(live, form, 503));
    routes.put(settings.path() + "/ready", new HealthRoute(ready, form, 503));
    return Map.copyOf(routes);
  }

  /// The answer to a request, or nothing where the path is none of this endpoint's: pass the
  /// request on then.
  ///
  /// @param method the request's, as `GET`
  /// @param path the decoded path without the query, as `/_health`
  /// @throws InterruptedException when the calling thread is interrupted while it waits
  public Optional<HealthAnswer> answer(String method, String path) throws InterruptedException {
    HealthRoute route = routes.get(path);
    if (route == null) {
      return Optional.empty();
    }
    return Optional.of(
        method.equals("GET") || method.equals("HEAD") ? route.answer() : HealthAnswer.notAllowed());
  }
}
