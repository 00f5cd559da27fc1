package dev.rollcall.probe;

import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/// What `/_health` answers, as a plain function of method and path, for any server:
///
/// | path | checks |
/// | --- | --- |
/// | `/_health` | all probes |
/// | `/_health/live` | those of [Group#LIVENESS]; without any, 200 as long as the process answers |
/// | `/_health/ready` | those of [Group#READINESS]: all that were added without a group |
///
/// Each call runs the checks. Calls that come during a run share its answer. The status is 200 if
/// all probes are healthy, else 503. [HealthHandler] adds it to the JDK's server; other modules
/// support Servlet containers and Spring Boot.
///
/// An endpoint is immutable; each setting returns a new one.
public final class HealthEndpoint {
  /// The default path.
  public static final String PATH = "/_health";

  private static final System.Logger LOG = System.getLogger(HealthEndpoint.class.getName());

  private final Prober prober;
  private final Settings settings;
  private final Map<View, Map<String, HealthRoute>> routes;
  private final AtomicBoolean logged = new AtomicBoolean();

  private record Settings(
      String path, boolean forGoClients, boolean withActuator, Show probes, Show details) {
    boolean depends() {
      return probes == Show.WHEN_AUTHORIZED || details == Show.WHEN_AUTHORIZED;
    }

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

  /// A copy with another path; the paths of the groups follow it.
  ///
  /// @param path starts with `/` and does not end with one
  public HealthEndpoint at(String path) {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException(
          "path: \"%s\" must start with / and must not end with it".formatted(path));
    }
    return with(s -> new Settings(path, s.forGoClients, s.withActuator, s.probes, s.details));
  }

  /// A copy for clients in Go that use go-philae (its `PhilaeProbe`). They treat every status
  /// except 200 as a broken service. So it always answers 200, in the form [Form#GO_CLIENTS]. Load
  /// balancers and orchestrators look only at the status and cannot use this path; the paths of the
  /// groups still answer 503.
  public HealthEndpoint forGoClients() {
    return with(s -> new Settings(s.path, true, s.withActuator, s.probes, s.details));
  }

  /// A copy that also answers as Spring Boot's Actuator ([Form#ACTUATOR]) at `/actuator/health`,
  /// `/actuator/health/liveness` and `/actuator/health/readiness`, for tools that expect it.
  public HealthEndpoint withActuator() {
    return with(s -> new Settings(s.path, s.forGoClients, true, s.probes, s.details));
  }

  /// A copy that shows only these callers why a probe is unhealthy, its duration and its details.
  /// Others see `error` and no duration. The default is everybody.
  public HealthEndpoint details(Show who) {
    return with(s -> new Settings(s.path, s.forGoClients, s.withActuator, s.probes, who));
  }

  /// A copy that shows only these callers the list of probes. Others see only whether all are
  /// healthy, whatever [#details(Show)] is. The default is everybody.
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

  /// The answer to a caller who is not authorized: [#answer(String, String, boolean)].
  public Optional<HealthAnswer> answer(String method, String path) throws InterruptedException {
    return answer(method, path, false);
  }

  /// The answer to a request, or nothing if the path does not belong to this endpoint. In that case
  /// pass the request on.
  ///
  /// @param method the request's, as `GET`
  /// @param path the decoded path without the query, as `/_health`
  /// @param authorized whether the caller may see what is shown [Show#WHEN_AUTHORIZED]
  /// @throws InterruptedException when the calling thread is interrupted while it waits
  public Optional<HealthAnswer> answer(String method, String path, boolean authorized)
      throws InterruptedException {
    return answer(method, path, () -> authorized);
  }

  /// The answer to a request, as [#answer(String, String, boolean)].
  ///
  /// @param authorized whether the caller may see what is shown [Show#WHEN_AUTHORIZED]. It is asked
  ///   only if the path belongs to this endpoint and the answer depends on it: requests for the
  ///   application never wait for it. A caller is not authorized if it throws an exception
  public Optional<HealthAnswer> answer(String method, String path, BooleanSupplier authorized)
      throws InterruptedException {
    if (!isHere(path)) {
      return Optional.empty();
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Optional.of(HealthAnswer.notAllowed());
    }
    View view = settings.view(settings.depends() && isAuthorized(authorized));
    HealthRoute route = routes.getOrDefault(view, Map.of()).get(path);
    return route == null ? Optional.empty() : Optional.of(route.answer());
  }

  private boolean isHere(String path) {
    return routes.getOrDefault(View.STATUS, Map.of()).containsKey(path);
  }

  private boolean isAuthorized(BooleanSupplier authorized) {
    try {
      return authorized.getAsBoolean();
    } catch (RuntimeException e) {
      if (logged.compareAndSet(false, true)) { // once: strangers can repeat it at will
        LOG.log(
            Level.WARNING,
            "whether a caller of " + settings.path + " is authorized failed, so it is not",
            e);
      }
      return false;
    }
  }
}
