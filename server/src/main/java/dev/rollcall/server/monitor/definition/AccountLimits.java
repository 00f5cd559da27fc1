package dev.rollcall.server.monitor.definition;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.time.Durations;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What services of accounts may be, compared with those of the operator.
///
/// @param reach whether a URL may lead to its host; what a name leads to is decided when it is
///   looked up
record AccountLimits(Predicate<URI> reach) {
  /// The longest JSON of a service. All of it is in memory while the service is checked.
  static final int LONGEST = 4096;

  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final List<String> FILES = List.of("ca", "cert", "key");
  private static final Set<String> SCHEMES = Set.of("http", "https", "tcp", "tls", "ping");

  /// Adds a mistake for each that is not kept.
  void check(Fields fields, Optional<URI> url, Duration interval, boolean trace) {
    url.filter(to -> !reach.test(to))
        .ifPresent(
            to ->
                fields.mistake(
                    "url",
                    to.getRawAuthority(),
                    "is not public: accounts have public addresses checked, and what the operator"
                        + " allows (accounts.reach.allow)"));
    url.map(URI::getScheme)
        .filter(scheme -> !SCHEMES.contains(scheme))
        .ifPresent(
            scheme ->
                fields.mistake(
                    "url",
                    scheme,
                    "is not a scheme for accounts: use http, https, tcp, tls or ping"));
    if (trace) {
      fields.mistake(
          "trace", "shows the network of this server: it is for the operator's services");
    }
    if (interval.compareTo(SHORTEST) < 0) {
      fields.mistake("interval", Durations.text(interval), "is too short: 10s at least");
    }
    fields
        .object("tls", ServiceKeys.OF_TLS)
        .ifPresent(tls -> tls.refuse(FILES, "is a file of this server"));
  }

  /// Whether it names files of this server.
  static boolean namesFiles(Fields fields) {
    return fields
        .object("tls", ServiceKeys.OF_TLS)
        .filter(tls -> FILES.stream().anyMatch(tls::has))
        .isPresent();
  }
}
