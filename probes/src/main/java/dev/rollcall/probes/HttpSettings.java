package dev.rollcall.probes;

import java.time.Duration;
import java.util.Optional;

/// Settings of requests to an HTTP service.
///
/// @param followRedirects whether to follow redirects, at most 10
/// @param keepAlive whether several checks use one connection; if not, each check opens its own
/// @param connectTimeout maximum time for the connection; empty: the time of the whole attempt
/// @param responseTimeout maximum time for the whole answer after connecting; empty: the time of
///   the whole attempt
/// @param bodyLimit maximum number of bytes of the body to read
/// @param tls the TLS options
public record HttpSettings(
    boolean followRedirects,
    boolean keepAlive,
    Optional<Duration> connectTimeout,
    Optional<Duration> responseTimeout,
    int bodyLimit,
    TlsOptions tls) {
  /// The default: redirects are followed, each check opens a new connection, 1 MiB of the body is
  /// read.
  public static final HttpSettings DEFAULT =
      new HttpSettings(
          true, false, Optional.empty(), Optional.empty(), 1 << 20, TlsOptions.DEFAULT);

  /// Validates the numbers.
  public HttpSettings {
    positive("connect timeout", connectTimeout);
    positive("response timeout", responseTimeout);
    if (bodyLimit < 0) {
      throw new IllegalArgumentException("body limit %d is negative".formatted(bodyLimit));
    }
  }

  private static void positive(String what, Optional<Duration> timeout) {
    if (timeout.isPresent() && !timeout.get().isPositive()) {
      throw new IllegalArgumentException("%s %s is not positive".formatted(what, timeout.get()));
    }
  }

  /// A copy that follows redirects or not.
  public HttpSettings followRedirects(boolean follow) {
    return new HttpSettings(follow, keepAlive, connectTimeout, responseTimeout, bodyLimit, tls);
  }

  /// A copy that keeps connections for later checks or not.
  public HttpSettings keepAlive(boolean keep) {
    return new HttpSettings(followRedirects, keep, connectTimeout, responseTimeout, bodyLimit, tls);
  }

  /// A copy that waits at most `timeout` for the connection.
  public HttpSettings connectTimeout(Duration timeout) {
    return new HttpSettings(
        followRedirects, keepAlive, Optional.of(timeout), responseTimeout, bodyLimit, tls);
  }

  /// A copy that waits at most `timeout` for the answer after connecting.
  public HttpSettings responseTimeout(Duration timeout) {
    return new HttpSettings(
        followRedirects, keepAlive, connectTimeout, Optional.of(timeout), bodyLimit, tls);
  }

  /// A copy with the default limits for a check in a `/_health`, where no others are set: 2 s to
  /// connect, 1 s for the answer.
  public HttpSettings quick() {
    HttpSettings settings = this;
    if (connectTimeout.isEmpty()) {
      settings = settings.connectTimeout(Duration.ofSeconds(2));
    }
    return responseTimeout.isEmpty() ? settings.responseTimeout(Duration.ofSeconds(1)) : settings;
  }

  /// A copy that reads at most `bytes` of the body.
  public HttpSettings bodyLimit(int bytes) {
    return new HttpSettings(
        followRedirects, keepAlive, connectTimeout, responseTimeout, bytes, tls);
  }

  /// A copy with these TLS options.
  public HttpSettings tls(TlsOptions options) {
    return new HttpSettings(
        followRedirects, keepAlive, connectTimeout, responseTimeout, bodyLimit, options);
  }
}
