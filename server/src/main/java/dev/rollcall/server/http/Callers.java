package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Tells the operator from everybody else.
///
/// The operator shows the token (`Authorization: Bearer <token>` or `Authorization: <token>`), or
/// is a true loopback caller: from a loopback address, to a loopback or configured Host name,
/// through no proxy, and not from a web page of another site. The Host name keeps out pages that
/// point their own name at 127.0.0.1 (DNS rebinding), `Origin` and `Sec-Fetch-Site` keep out forms
/// and scripts of other sites in a browser on this machine.
final class Callers {
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final Set<String> PROXY_HEADERS =
      Set.of(
          "forwarded",
          "via",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "client-ip");

  private final Management management;

  Callers(Management management) {
    this.management = management;
  }

  Caller of(Request request) {
    Optional<String> authorization = request.header("Authorization");
    if (authorization.isPresent()) {
      return holdsToken(authorization.get())
          ? new Caller.Operator()
          : new Caller.Unknown("the token in Authorization is not valid here");
    }
    if (!request.peer().isLoopbackAddress()) {
      return new Caller.Unknown("the management token is required: Authorization: Bearer <token>");
    }
    return doubt(request).<Caller>map(Caller.Doubtful::new).orElseGet(Caller.Operator::new);
  }

  /// Why a request is of a page of another site, in somebody's browser: a link, an image, a form or
  /// a script there can make it send whatever a job or a node may. Browsers that tell
  /// `Sec-Fetch-Site` know best, also behind a proxy that changes the Host.
  private static Optional<String> otherSite(Request request) {
    List<String> sites = request.headers("Sec-Fetch-Site");
    if (!sites.isEmpty()) {
      return sites.stream().allMatch(site -> site.equals("same-origin") || site.equals("none"))
          ? Optional.empty()
          : Optional.of(
              "the request comes from a page of another site (Sec-Fetch-Site), which changes"
                  + " nothing here");
    }
    List<String> origins = request.headers("Origin");
    String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
    return origins.stream().allMatch(origin -> sameOrigin(origin, host))
        ? Optional.empty()
        : Optional.of(
            "the request comes from a page of another site (Origin), which changes nothing here");
  }

  /// The same for a route that takes calls of jobs: whoever calls from a writer's address, or shows
  /// the token.
  Caller caller(Request request) {
    if (request.header("Authorization").filter(this::holdsToken).isPresent()) {
      return new Caller.Operator();
    }
    Optional<String> site = otherSite(request);
    if (site.isPresent()) {
      return new Caller.Doubtful(site.get());
    }
    if (management.writers().isEmpty()) {
      return new Caller.Operator();
    }
    InetAddress address = request.client();
    boolean itself = request.peer().isLoopbackAddress() && address.equals(request.peer());
    Optional<String> proxy = itself ? proxy(request) : Optional.empty();
    if (proxy.isPresent()) { // it may stand for anybody
      return new Caller.Doubtful(
          "the request came through a proxy on this machine ("
              + proxy.get()
              + "), and write access is limited (writers): send the token");
    }
    return management.writers().get().test(address)
        ? new Caller.Operator()
        : new Caller.Doubtful(
            address.getHostAddress() + " is not in a network with write access (writers)");
  }

  /// The same for a route that takes measurements: being at the machine counts for nothing once a
  /// token is set, as nodes may run beside us.
  Caller writer(Request request) {
    if (management.token().isEmpty()) {
      return caller(request);
    }
    Optional<String> authorization = request.header("Authorization");
    if (authorization.isPresent() && holdsToken(authorization.get())) {
      return new Caller.Operator();
    }
    return new Caller.Unknown(
        authorization.isPresent()
            ? "the token in Authorization is not valid here"
            : "the token is required: Authorization: Bearer <token>");
  }

  /// Whether the token was shown.
  boolean showToken(RequestHead head) {
    return head.header("Authorization").filter(this::holdsToken).isPresent();
  }

  private boolean holdsToken(String authorization) {
    String shown =
        authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            ? authorization.substring(7).strip()
            : authorization;
    return management.token().isPresent()
        && MessageDigest.isEqual(management.token().get().getBytes(UTF_8), shown.getBytes(UTF_8));
  }

  private Optional<String> doubt(Request request) {
    String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
    String name = PORT.matcher(host).replaceFirst("");
    if (!LOOPBACK_HOST.matcher(name).matches() && !management.hosts().contains(name)) {
      return Optional.of(
          "the Host name '"
              + name
              + "' is neither a loopback name nor a configured one: send the token");
    }
    Optional<String> proxy = proxy(request);
    if (proxy.isPresent()) {
      return Optional.of("the request came through a proxy (" + proxy.get() + "): send the token");
    }
    List<String> origins = request.headers("Origin");
    if (origins.size() > 1 || (origins.size() == 1 && !sameOrigin(origins.getFirst(), host))) {
      return Optional.of("the request comes from a page of another site (Origin): send the token");
    }
    for (String site : request.headers("Sec-Fetch-Site")) {
      if (!site.equals("same-origin") && !site.equals("none")) {
        return Optional.of(
            "the request comes from a page of another site (Sec-Fetch-Site): send the token");
      }
    }
    return Optional.empty();
  }

  /// The header by which a proxy is known.
  private static Optional<String> proxy(Request request) {
    for (String header : request.headerNames()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (PROXY_HEADERS.contains(lower) || lower.startsWith("x-forwarded")) {
        return Optional.of(header);
      }
    }
    return Optional.empty();
  }

  private static boolean sameOrigin(String origin, String host) {
    try {
      return host.equals(URI.create(origin.toLowerCase(Locale.ROOT)).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
