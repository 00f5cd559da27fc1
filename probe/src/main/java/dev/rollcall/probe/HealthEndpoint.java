package dev.rollcall.probe;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

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
  private final Map<View, Map<String, HealthRoute>> routes;

  private record Settings(
      String path, boolean forGoClients, boolean withActuator, Show probes, Show details) {
    View view(boolean authorized) {
      if (!probes.to(authorized)) {
        return View.STATUS;
      }
      return details.to(authorized) ? View.DETAILS : View.PROBES;
    }
  }

  private HealthEndpoint(Prober prober, Settings settings) {
    this.prober = prober;
    this.settings = settings;
    Map<View, Map<String, HealthRoute>> views = new EnumMap<>(View.class);
    for (View view : View.values()) {
      views.put(view, routes(prober, settings, view));
    }
    this.routes = views;
  }

  /// The endpoint of a prober at `/_health`.
  public static HealthEndpoint of(Prober prober) {
    return new HealthEndpoint(prober, new Settings(PATH, false, false, Show.ALWAYS, Show.ALWAYS));
  }

  /// The same at another path; the groups' paths follow it.
  ///
  /// @param path starts with `/` and does not end with one
  public HealthEndpoint at(String path) {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException(
          "path: \"%s\" has to start with / and not to end with it".formatted(path));
    }
    return with(s -> new Settings(path, s.forGoClients, s.withActuator, s.probes, s.details));
  }

  /// The same for clients that are written in Go with go-philae (its `PhilaeProbe`), which take
  /// another status than 200 for a broken service: always 200, in the form [Form#GO_CLIENTS]. Load
  /// balancers and orchestrators, which look at the status alone, cannot use it; the paths of the
  /// groups still answer them with 503.
  public HealthEndpoint forGoClients() {
    return with(s -> new Settings(s.path, true, s.withActuator, s.probes, s.details));
  }

  /// The same which also answers as Spring Boot's Actuator does ([Form#ACTUATOR]) at
  /// `/actuator/health`, `/actuator/health/liveness` and `/actuator/health/readiness`, for tools
  /// that look there.
  public HealthEndpoint withActuator() {
    return with(s -> new Settings(s.path, s.forGoClients, true, s.probes, s.details));
  }

  /// The same which tells only these why a probe is not well, how long it took, and its details;
  /// others see `error`, and no time. Where nothing is said, everybody.
  public HealthEndpoint details(Show who) {
    return with(s -> new Settings(s.path, s.forGoClients, s.withActuator, s.probes, who));
  }

  /// The same which tells only these which probes there are; others, whatever [#details(Show)]
  /// says, see whether all are well and nothing else. Where nothing is said, everybody.
  public HealthEndpoint probes(Show who) {
    return with(s -> new Settings(s.path, s.forGoClients, s.withActuator, who, s.details));
  }

  private HealthEndpoint with(UnaryOperator<Settings> change) {
    return new HealthEndpoint(prober, change.apply(settings));
  }

  private static Map<String, HealthRoute> routes(Prober prober, Settings settings, View view) {
    HealthRoute.Question all = prober::check;
    HealthRoute.Question live = () -> prober.check(Group.LIVENESS);
    HealthRoute.Question ready = () -> prober.check(Group.READINESS);
    Map<String, HealthRoute> routes = new HashMap<>();
    if (settings.withActuator) {
      routes.put("/actuator/health", new HealthRoute(all, Form.ACTUATOR, view, 503));
      routes.put("/actuator/health/liveness", new HealthRoute(live, Form.ACTUATOR, view, 503));
      routes.put("/actuator/health/readiness", new HealthRoute(ready, Form.ACTUATOR, view, 503));
    }
    Form form = settings.forGoClients ? Form.GO_CLIENTS : Form.PHILAE;
    int unhealthy = settings.forGoClients ? 200 : 503;
    routes.put(settings.path, new HealthRoute(all, form, view, unhealthy));
    routes.put(settings.path + "/live", new HealthRoute(live, form, view, 503));
    routes.put(settings.path + "/ready", new HealthRoute(ready, form, view, 503));
    return Map.copyOf(routes);
  }

  /// The answer to a caller who has not said who they are: [#answer(String, String, boolean)].
  public Optional<HealthAnswer> answer(String method, String path) throws InterruptedException {
    return answer(method, path, false);
  }

  /// The answer to a request, or nothing where the path is none of this endpoint's: pass the
  /// request on then.
  ///
  /// @param method the request's, as `GET`
  /// @param path the decoded path without the query, as `/_health`
  /// @param authorized whether the caller may see what is shown [Show#WHEN_AUTHORIZED]
  /// @throws InterruptedException when the calling thread is interrupted while it waits
  public Optional<HealthAnswer> answer(String method, String path, boolean authorized)
      throws InterruptedException {
    Map<String, HealthRoute> shown = routes.getOrDefault(settings.view(authorized), Map.of());
    HealthRoute route = shown.get(path);
    if (route == null) {
      return Optional.empty();
    }
    return Optional.of(
        method.equals("GET") || method.equals("HEAD") ? route.answer() : HealthAnswer.notAllowed());
  }
}
