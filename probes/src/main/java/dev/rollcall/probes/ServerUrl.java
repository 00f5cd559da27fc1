package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The URL of a server to check, such as
/// `postgres://user:password@host:5432/database?sslmode=require`, with login, TLS and limit.
/// `toString` does not show the password.
///
/// @param uri without user and password; they become the login, unless one is given
/// @param login the login, if any
/// @param tls the TLS options, if the scheme or a parameter selects TLS
/// @param limit maximum duration of one check, if the attempt allows that much
public record ServerUrl(URI uri, Optional<Login> login, TlsOptions tls, Duration limit) {
  /// The default limit of a check.
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(3);

  private static final Set<String> WITHOUT_HOST = Set.of("unix", "dns");

  /// Moves user and password from the URL to the login.
  public ServerUrl {
    if (uri.getScheme() == null || (uri.getRawAuthority() == null && uri.getPath() == null)) {
      throw new IllegalArgumentException("the URL has no scheme: write it as scheme://host:port");
    }
    checkPlaces(uri);
    if (!limit.isPositive()) {
      throw new IllegalArgumentException("the limit of %s is not positive".formatted(limit));
    }
    String authority = uri.getRawAuthority();
    if (authority != null && authority.indexOf('@') >= 0) {
      int at = authority.lastIndexOf('@');
      String info = authority.substring(0, at);
      int colon = info.indexOf(':');
      login =
          login.or(
              () ->
                  Optional.of(
                      colon < 0
                          ? new Login(decode(info), "")
                          : new Login(
                              decode(info.substring(0, colon)),
                              decode(info.substring(colon + 1)))));
      uri = URI.create(uri.toString().replaceFirst("//[^/?#]*@", "//"));
    }
  }

  /// Whether URLs of this scheme have to name a host. Without one, the others mean this machine,
  /// for example its Docker or its name servers.
  public static boolean needsHost(String scheme) {
    return !WITHOUT_HOST.contains(scheme);
  }

  /// That there is a host, where there has to be one, and that what stands where a path does is no
  /// part of a password with a `/`, which would be shown.
  private static void checkPlaces(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    AddressText.mistakeIn(uri.toString())
        .ifPresent(
            mistake -> {
              throw new IllegalArgumentException(mistake);
            });
    if (uri.getRawAuthority() == null) {
      if (needsHost(scheme)) {
        throw new IllegalArgumentException(
            "the URL names no host: write it as scheme://user:password@host:port");
      }
    } else if (uri.getRawAuthority().indexOf('@') < 0
        && !scheme.contains("http")
        && uri.toString().indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "the URL has an @ behind its host: in user and password write %2F for /, %3F for ?, and"
              + " elsewhere %40 for @");
    }
  }

  /// The URL `url`, default TLS, 3 s.
  ///
  /// @throws IllegalArgumentException if it is not a valid URL; the message does not repeat it
  public static ServerUrl of(String url) {
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      // Neither the message nor the cause: both have the password in them.
      throw new IllegalArgumentException(
          AddressText.mistakeIn(url)
              .orElse(
                  "the text is no URL: write it as scheme://user:password@host:port, and in user"
                      + " and password write %40 for @, %3A for :, %2F for /, %23 for #, %25 for"
                      + " %"));
    }
    return new ServerUrl(uri, Optional.empty(), TlsOptions.DEFAULT, DEFAULT_LIMIT);
  }

  /// The server at `host` (`host`, `host:port`, `[2001:db8::1]:port`), with user and password. Both
  /// empty: no login.
  static ServerUrl of(String scheme, String host, String user, String password) {
    ServerUrl url = of(scheme + "://" + host);
    return user.isEmpty() && password.isEmpty() ? url : url.login(user, password);
  }

  /// A copy that logs in as `user`.
  public ServerUrl login(String user, String password) {
    return new ServerUrl(uri, Optional.of(new Login(user, password)), tls, limit);
  }

  /// A copy with these TLS options.
  public ServerUrl tls(TlsOptions options) {
    return new ServerUrl(uri, login, options, limit);
  }

  /// A copy with this limit.
  public ServerUrl limit(Duration time) {
    return new ServerUrl(uri, login, tls, time);
  }

  /// `probe` with this limit and with all secrets hidden, whatever the server repeats.
  Probe limiting(Probe probe) {
    return secrets()
        .hidden(Probe.of(probe.name(), attempt -> probe.check(attempt.limitedTo(limit))));
  }

  /// In lower case.
  public String scheme() {
    return uri.getScheme().toLowerCase(Locale.ROOT);
  }

  /// The host and port to connect to.
  ///
  /// @param defaultPort the port if the URL has none; 0: the URL must have one
  Authority target(int defaultPort) {
    return Authority.of(uri, defaultPort);
  }

  /// The path without its first slash: a database, a virtual host. Empty if there is none.
  String path() {
    String path = uri.getPath();
    return path == null || path.isEmpty() ? "" : path.substring(1);
  }

  /// One parameter of the query (`?name=value`).
  Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  /// All values of one parameter of the query, in their order.
  List<String> parameters(String name) {
    return parameters().getOrDefault(name, List.of());
  }

  private Map<String, List<String>> parameters() {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    String query = uri.getRawQuery();
    for (String part : query == null ? new String[0] : query.split("&", -1)) {
      int equals = part.indexOf('=');
      if (!part.isEmpty()) {
        parameters
            .computeIfAbsent(
                decode(equals < 0 ? part : part.substring(0, equals)), name -> new ArrayList<>())
            .add(equals < 0 ? "" : decode(part.substring(equals + 1)));
      }
    }
    return parameters;
  }

  /// Checks that the query has no other parameters than these. A silently ignored parameter would
  /// mislead its author.
  ///
  /// @param once may be given once
  /// @param often may be given several times
  /// @throws IllegalArgumentException that names the first that is not
  void understands(Set<String> once, Set<String> often) {
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the URL has a # that has no effect: leave it out, or write %23");
    }
    parameters()
        .forEach(
            (name, values) -> {
              if (name.chars().anyMatch(c -> "@:/?".indexOf(c) >= 0)) {
                throw new IllegalArgumentException(
                    "the URL's query has something that is no parameter: a ? in a password is"
                        + " written as %3F");
              }
              if (!once.contains(name) && !often.contains(name)) {
                throw new IllegalArgumentException(
                    "the URL's parameter \"%s\" is not understood: %s"
                        .formatted(Quoted.of(name), known(once, often)));
              }
              if (values.size() > 1 && !often.contains(name)) {
                throw new IllegalArgumentException(
                    "the URL's parameter \"%s\" is given twice".formatted(name));
              }
            });
  }

  /// The same where a path means nothing either.
  void understandsNoPath(Set<String> once) {
    understands(once, Set.of());
    if (!path().isEmpty()) {
      throw new IllegalArgumentException(
          "the URL has a path, which has no effect with %s: write it as %1$s://host:port"
              .formatted(scheme()));
    }
  }

  /// One parameter of the query that is one of `values`, if it is there.
  ///
  /// @throws IllegalArgumentException if it is none of them
  void checkParameter(String name, Collection<String> values) {
    parameter(name)
        .filter(value -> !values.contains(value))
        .ifPresent(
            value -> {
              throw new IllegalArgumentException(
                  "%s=%s is none of %s"
                      .formatted(name, Quoted.of(value), String.join(", ", values)));
            });
  }

  private static String known(Set<String> once, Set<String> often) {
    Set<String> known = new TreeSet<>(once);
    known.addAll(often);
    return known.isEmpty()
        ? "there is none for this scheme"
        : "there are " + String.join(", ", known);
  }

  /// What must not be shown.
  Secrets secrets() {
    return login.map(Secrets::of).orElseGet(Secrets::none);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// The URL without user, password, parameters and fragment.
  @Override
  public String toString() {
    return uri.toString().replaceFirst("(?s)[?#].*", "");
  }
}
