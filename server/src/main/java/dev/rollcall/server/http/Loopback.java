package dev.rollcall.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Takes callers on this machine for the operator: from a loopback address, to a loopback or
/// configured Host name, through no proxy, and not from a web page of another site.
///
/// The Host name keeps out pages that point their own name at 127.0.0.1 (DNS rebinding), `Origin`
/// and `Sec-Fetch-Site` keep out forms and scripts of other sites in a browser on this machine. A
/// request with a token is judged by the token alone.
///
/// @param hosts names, besides the loopback ones, under which this machine may be called from
///   itself
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
    Optional<String> doubt = doubt(request);
    return doubt.isPresent()
        ? new Finding.Doubtful(doubt.get() + ": send the token")
        : new Finding.Known(new Caller.Operator(false));
  }

  private Optional<String> doubt(Request request) {
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
