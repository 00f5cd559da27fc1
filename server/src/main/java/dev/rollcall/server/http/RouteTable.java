package dev.rollcall.server.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The routes of one port, and how the route of a path is found.
///
/// A literal path is found with one look into a map, others segment by segment: literal segments
/// come before parameters. A trailing slash makes no difference.
final class RouteTable {
  /// A route, and the series of its durations.
  record Target(Route route, RequestTimes.Series times) {}

  /// A path with its routes by method.
  static final class Endpoint {
    private final String path;
    private final List<String> segments;
    private final ErrorShape errors;
    private final Map<Method, Target> targets = new EnumMap<>(Method.class);

    private Endpoint(Route first, BasePath base) {
      this.path = first.path();
      this.segments = split(base.link(path));
      this.errors = first.errors();
    }

    ErrorShape errors() {
      return errors;
    }

    /// The route for a method by its name. HEAD is answered as GET without a body.
    Optional<Target> target(String asked) {
      return Method.named(asked)
          .map(targets::get)
          .filter(target -> target.route().head() || !asked.equals("HEAD"));
    }

    /// `GET, HEAD, OPTIONS`
    String allow() {
      TreeSet<String> names = new TreeSet<>();
      targets.keySet().forEach(method -> names.add(method.name()));
      if (target("HEAD").isPresent()) {
        names.add("HEAD");
      }
      names.add("OPTIONS");
      return String.join(", ", names);
    }

    private boolean literal() {
      return path.indexOf('{') < 0;
    }

    private boolean matches(List<String> asked) {
      if (asked.size() != segments.size()) {
        return false;
      }
      for (int i = 0; i < segments.size(); i++) {
        String segment = segments.get(i);
        if (isParameter(segment) ? asked.get(i).isEmpty() : !segment.equals(asked.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /// An endpoint, and the decoded segments of the requested path.
  record Found(Endpoint endpoint, List<String> segments) {
    String parameter(String name) {
      String wanted = "{" + name + "}";
      for (int i = 0; i < segments.size(); i++) {
        if (endpoint.segments.get(i).equals(wanted)) {
          return segments.get(i);
        }
      }
      throw new IllegalArgumentException("path " + endpoint.path + " has no parameter " + wanted);
    }
  }

  private final BasePath base;
  private final Map<String, Found> literal = new HashMap<>();
  private final List<Endpoint> endpoints;

  /// The first segments of all paths that are not pages: `v1`.
  private final Set<String> api;

  /// @param base below which the paths are
  /// @throws IllegalArgumentException if two routes have the same method and path
  RouteTable(List<Route> all, BasePath base, RequestTimes times) {
    this.base = base;
    Map<String, Endpoint> byShape = new HashMap<>();
    for (Route route : all) {
      // /a/{id} and /a/{name} are the same path for callers, and so one endpoint
      String shape = route.path().replaceAll("\\{[^}]*}", "{}");
      Endpoint endpoint = byShape.computeIfAbsent(shape, key -> new Endpoint(route, base));
      if (!endpoint.path.equals(route.path())) {
        throw new IllegalArgumentException(
            "routes " + endpoint.path + " and " + route.path() + " are the same path");
      }
      for (Method method : route.methods()) {
        Target target = new Target(route, times.of(method.name(), route.path()));
        if (endpoint.targets.put(method, target) != null) {
          throw new IllegalArgumentException(
              "there are two routes for " + method + " " + route.path());
        }
      }
    }
    this.endpoints =
        byShape.values().stream()
            .sorted(Comparator.comparing((Endpoint endpoint) -> endpoint.path.replace('{', '~')))
            .toList();
    this.api =
        all.stream()
            .filter(route -> !route.errors().isPage())
            .flatMap(route -> split(route.path()).stream().limit(1))
            .collect(Collectors.toSet());
    for (Endpoint endpoint : endpoints) {
      if (endpoint.literal()) {
        literal.put(base.link(endpoint.path), new Found(endpoint, endpoint.segments));
      }
    }
  }

  /// Whether a raw path belongs to the API, even if it does not exist: its first segment is that of
  /// a route whose errors are not pages.
  boolean isOfApi(String raw) {
    int start = base.text().length() + 1;
    if (raw.length() < start || !base.contains(raw)) {
      return false;
    }
    int end = raw.indexOf('/', start);
    return api.contains(end < 0 ? raw.substring(start) : raw.substring(start, end));
  }

  /// Finds the endpoint for a raw path.
  ///
  /// @throws Refusal (400) if its encoding is invalid
  Optional<Found> find(String raw) {
    Found found = literal.get(raw);
    if (found != null) {
      return Optional.of(found);
    }
    List<String> asked = split(raw);
    asked.replaceAll(PercentDecoding::segment);
    for (Endpoint endpoint : endpoints) {
      if (endpoint.matches(asked)) {
        return Optional.of(new Found(endpoint, asked));
      }
    }
    return Optional.empty();
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{");
  }

  /// `/a/b/` has the segments `a` and `b`, `/` has none. Other empty segments are kept.
  private static List<String> split(String path) {
    List<String> segments = new ArrayList<>(Arrays.asList(path.substring(1).split("/", -1)));
    if (segments.getLast().isEmpty()) {
      segments.removeLast();
    }
    return segments;
  }
}
