package dev.rollcall.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Recognizes callers on this machine as the operator: from a loopback address, to a loopback or
/// configured Host name, without a proxy, and not from a web page of another site.
///
/// The Host name excludes pages that resolve their own name to 127.0.0.1 (DNS rebinding). `Origin`
/// and `Sec-Fetch-Site` exclude forms and scripts of other sites in a browser on this machine. A
/// request with a token is judged by its token only.
///
/// @param hosts names, besides the loopback names, by which this machine may be called
public record Loopback(Set<String> hosts) implements Authenticator {
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");

  public Loopback {
    hosts =
        hosts.stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Finding find(Request request) {
    if (!request.peer().isLoopbackAddress() || request.header("Authorization").isPresent()) {
      return new Finding.Nothing();
    }
    Optional<String> reason = reasonAgainst(request);
    return reason.isPresent()
        ? new Finding.Doubtful(reason.get() + ": send the token")
        : new Finding.Known(new Caller.Operator(false));
  }

  private Optional<String> reasonAgainst(Request request) {
    String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
    String name = PORT.matcher(host).replaceFirst("");
    if (!LOOPBACK_HOST.matcher(name).matches() && !hosts.contains(name)) {
      return Optional.of(
          "the Host name '" + name + "' is neither a loopback name nor a configured one");
    }
    Optional<String> proxy = RequestOrigin.proxy(request);
    if (proxy.isPresent()) {
      return Optional.of("the request came through a proxy (" + proxy.get() + ")");
    }
    List<String> origins = request.headers("Origin");
    if (origins.size() > 1 || !RequestOrigin.areOf(origins, host)) {
      return Optional.of("the request comes from a page of another site (Origin)");
    }
    return RequestOrigin.areSameSite(request.headers("Sec-Fetch-Site"))
        ? Optional.empty()
        : Optional.of("the request comes from a page of another site (Sec-Fetch-Site)");
  }
}
