package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.Probes;
import dev.rollcall.server.signal.AlertKeys;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The keys that a service may have with the scheme of its URL. This is their only description: the
/// reader of services follows it, the documentation is compared with it.
///
/// @param kind what is checked
/// @param keys the keys that have an effect, besides [#COMMON], in the order in which they are
///   stored
record ServiceKeys(String scheme, Kind kind, List<String> keys) {
  /// The keys of every service.
  static final List<String> COMMON =
      Stream.concat(
              Stream.of(
                  "name",
                  "url",
                  "interval",
                  "timeout",
                  "confirm",
                  "confirm-interval",
                  "recover",
                  "slow",
                  "certificate-warning",
                  "trace"),
              AlertKeys.NAMES.stream())
          .toList();

  private static final List<String> OF_HTTP =
      List.of(
          "method",
          "headers",
          "user",
          "password",
          "body",
          "status",
          "contains",
          "json",
          "redirects",
          "keep-alive");
  private static final List<String> OF_PORT = List.of("send", "expect");
  private static final List<String> OF_SERVER = List.of("user", "password");
  private static final String TLS = "tls";

  /// All keys, in the order in which they are stored.
  static final List<String> ALL =
      Stream.of(COMMON, OF_HTTP, List.of(TLS), OF_PORT).flatMap(List::stream).toList();

  /// The keys of `json`, and those of `tls`.
  static final List<String> OF_JSON = List.of("path", "value");

  static final List<String> OF_TLS = List.of("verify", "ca", "cert", "key", "name");

  /// Keys that are true or false, and keys that may be whole numbers.
  static final Set<String> FLAGS = Set.of("redirects", "keep-alive", "trace");

  static final Set<String> NUMBERS =
      Set.of(
          "interval",
          "timeout",
          "confirm",
          "confirm-interval",
          "recover",
          "slow",
          "certificate-warning");

  /// What is checked.
  enum Kind {
    /// The answer to a request of HTTP.
    HTTP,
    /// A port, with a text that is sent and one that is expected.
    PORT,
    /// A server with a probe for its protocol.
    SERVER;

    /// The keys of this kind, besides `tls`.
    List<String> keys() {
      return switch (this) {
        case HTTP -> OF_HTTP;
        case PORT -> OF_PORT;
        case SERVER -> OF_SERVER;
      };
    }
  }

  /// Schemes whose drivers set up TLS themselves, from the URL.
  private static final Set<String> TLS_IN_THE_URL =
      Set.of("postgres", "postgresql", "mysql", "mariadb");

  /// Schemes without TLS, and the scheme with TLS to use instead.
  private static final Map<String, String> WITHOUT_TLS =
      Map.ofEntries(
          Map.entry("tcp", "tls"),
          Map.entry("redis", "rediss"),
          Map.entry("amqp", "amqps"),
          Map.entry("grpc", "grpcs"),
          Map.entry("etcd", "etcd+tls"),
          Map.entry("kafka", "kafka+tls"),
          Map.entry("docker", "docker+tls"),
          Map.entry("unix", "docker+tls"),
          Map.entry("dns", ""),
          Map.entry("ping", ""));

  ServiceKeys {
    keys = List.copyOf(keys);
  }

  /// The keys for the scheme of a URL; empty if there is no such scheme.
  static Optional<ServiceKeys> of(URI url) {
    String scheme = url.getScheme();
    return kind(scheme, url).map(kind -> new ServiceKeys(scheme, kind, keys(scheme, kind)));
  }

  private static Optional<Kind> kind(String scheme, URI url) {
    return switch (scheme) {
      case "http", "https" -> Optional.of(Kind.HTTP);
      case "tcp" -> Optional.of(Kind.PORT);
      case "tls" -> Optional.of(checksCertificate(url) ? Kind.SERVER : Kind.PORT);
      default -> Probes.schemes().contains(scheme) ? Optional.of(Kind.SERVER) : Optional.empty();
    };
  }

  /// `tls://...?warn=14d`.
  private static boolean checksCertificate(URI url) {
    return String.valueOf(url.getRawQuery()).contains("warn=");
  }

  private static List<String> keys(String scheme, Kind kind) {
    boolean tls = !TLS_IN_THE_URL.contains(scheme) && !WITHOUT_TLS.containsKey(scheme);
    return tls ? Stream.concat(kind.keys().stream(), Stream.of(TLS)).toList() : kind.keys();
  }

  /// Whether the key has an effect.
  boolean has(String key) {
    return COMMON.contains(key) || keys.contains(key);
  }

  /// Why another key of [#ALL] has no effect, and the remedy.
  String refusal(String key) {
    if (key.equals(TLS)) {
      return TLS_IN_THE_URL.contains(scheme)
          ? "is set in the URL here, as in ?sslmode=verify-full"
          : withoutTls(WITHOUT_TLS.getOrDefault(scheme, ""));
    }
    if (!OF_PORT.contains(key)) {
      return "is only for http and https: remove it";
    }
    return scheme.equals("tls")
        ? "cannot be combined with warn= in the URL: remove one of them"
        : "is only for tcp and tls: remove it";
  }

  private String withoutTls(String instead) {
    String what = "has no effect with " + scheme + "://, which has no TLS: remove it";
    return instead.isEmpty() ? what : what + ", or use " + instead + "://";
  }
}
