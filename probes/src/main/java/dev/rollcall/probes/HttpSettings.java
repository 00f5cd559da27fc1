package dev.rollcall.probes;

import java.time.Duration;
import java.util.Optional;

/// How an HTTP service is asked.
///
/// @param followRedirects whether to follow them, 10 at most
/// @param keepAlive whether to use one connection for several checks; off, each check opens its own
/// @param connectTimeout the longest to wait for a connection; empty: the whole attempt's time
/// @param bodyLimit how many bytes of the body are read at most; the rest is not waited for
/// @param tls how TLS is spoken
public record HttpSettings(
    boolean followRedirects,
    boolean keepAlive,
    Optional<Duration> connectTimeout,
    int bodyLimit,
    TlsOptions tls) {
  /// Redirects followed, a new connection each, 1 MiB of body.
  public static final HttpSettings DEFAULT =
      new HttpSettings(true, false, Optional.empty(), 1 << 20, TlsOptions.DEFAULT);

  /// Checks the numbers.
  public HttpSettings {
    if (connectTimeout.isPresent() && !connectTimeout.get().isPositive()) {
      throw new IllegalArgumentException(
          "connect timeout %s is not positive".formatted(connectTimeout.get()));
    }
    if (bodyLimit < 0) {
      throw new IllegalArgumentException("body limit %d is negative".formatted(bodyLimit));
    }
  }

  /// The same, with redirects followed or not.
  public HttpSettings followRedirects(boolean follow) {
    return new HttpSettings(follow, keepAlive, connectTimeout, bodyLimit, tls);
  }

  /// The same, with connections kept or not.
  public HttpSettings keepAlive(boolean keep) {
    return new HttpSettings(followRedirects, keep, connectTimeout, bodyLimit, tls);
  }

  /// The same, waiting no longer than `timeout` for a connection.
  public HttpSettings connectTimeout(Duration timeout) {
    return new HttpSettings(followRedirects, keepAlive, Optional.of(timeout), bodyLimit, tls);
  }

  /// The same, reading `bytes` of the body at most.
  public HttpSettings bodyLimit(int bytes) {
    return new HttpSettings(followRedirects, keepAlive, connectTimeout, bytes, tls);
  }

  /// The same, speaking TLS as `options` say.
  public HttpSettings tls(TlsOptions options) {
    return new HttpSettings(followRedirects, keepAlive, connectTimeout, bodyLimit, options);
  }
}
