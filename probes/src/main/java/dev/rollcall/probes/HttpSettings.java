package dev.rollcall.probes;

import java.time.Duration;
import java.util.Optional;

/// How an HTTP service is asked.
///
/// @param followRedirects whether to follow them, 10 at most
/// @param keepAlive whether to use one connection for several checks; off, each check opens its own
/// @param connectTimeout the longest to wait for a connection; empty: the whole attempt's time
/// @param responseTimeout the longest to wait for the whole answer once connected; empty: the whole
///   attempt's time
/// @param bodyLimit how many bytes of the body are read at most; the rest is not waited for
/// @param tls how TLS is spoken
public record HttpSettings(
    boolean followRedirects,
    boolean keepAlive,
    Optional<Duration> connectTimeout,
    Optional<Duration> responseTimeout,
    int bodyLimit,
    TlsOptions tls) {
  /// Redirects followed, a new connection each, 1 MiB of body.
  public static final HttpSettings DEFAULT =
      new HttpSettings(
          true, false, Optional.empty(), Optional.empty(), 1 << 20, TlsOptions.DEFAULT);

  /// Checks the numbers.
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

  /// The same, with redirects followed or not.
  public HttpSettings followRedirects(boolean follow) {
    return new HttpSettings(follow, keepAlive, connectTimeout, responseTimeout, bodyLimit, tls);
  }

  /// The same, with connections kept or not.
  public HttpSettings keepAlive(boolean keep) {
    return new HttpSettings(followRedirects, keep, connectTimeout, responseTimeout, bodyLimit, tls);
  }

  /// The same, waiting no longer than `timeout` for a connection.
  public HttpSettings connectTimeout(Duration timeout) {
    return new HttpSettings(
        followRedirects, keepAlive, Optional.of(timeout), responseTimeout, bodyLimit, tls);
  }

  /// The same, waiting no longer than `timeout` for the answer once connected.
  public HttpSettings responseTimeout(Duration timeout) {
    return new HttpSettings(
        followRedirects, keepAlive, connectTimeout, Optional.of(timeout), bodyLimit, tls);
  }

  /// The same, held to what a check in a `/_health` may take where nothing else was said: 2 s to
  /// connect, 1 s for the answer.
  public HttpSettings quick() {
    HttpSettings settings = this;
    if (connectTimeout.isEmpty()) {
      settings = settings.connectTimeout(Duration.ofSeconds(2));
    }
    return responseTimeout.isEmpty() ? settings.responseTimeout(Duration.ofSeconds(1)) : settings;
  }

  /// The same, reading `bytes` of the body at most.
  public HttpSettings bodyLimit(int bytes) {
    return new HttpSettings(
        followRedirects, keepAlive, connectTimeout, responseTimeout, bytes, tls);
  }

  /// The same, speaking TLS as `options` say.
  public HttpSettings tls(TlsOptions options) {
    return new HttpSettings(
        followRedirects, keepAlive, connectTimeout, responseTimeout, bodyLimit, options);
  }
}
