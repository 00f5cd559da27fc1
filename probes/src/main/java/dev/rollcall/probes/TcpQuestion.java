package dev.rollcall.probes;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// A check of a TCP port.
///
/// @param host a name or a literal address, IPv6 without brackets
/// @param port 1 to 65535
/// @param send text to send after connecting, at most 8 KiB in UTF-8
/// @param expect text that must occur in the first 64 KiB of the answer; without it, an accepted
///   connection is enough
/// @param tls the TLS options, if TLS is used
/// @param connectTimeout maximum time for the connection; empty: the time of the whole attempt
public record TcpQuestion(
    String host,
    int port,
    Optional<String> send,
    Optional<String> expect,
    Optional<TlsOptions> tls,
    Optional<Duration> connectTimeout) {
  /// So much goes into any socket's buffer: sending never blocks.
  private static final int MOST_SENT = 8192;

  /// Validates host, port and sizes.
  public TcpQuestion {
    host = new Authority(host, port).host();
    if (send.isPresent() && send.get().getBytes(StandardCharsets.UTF_8).length > MOST_SENT) {
      throw new IllegalArgumentException("the text to send is longer than 8192 bytes");
    }
    if (connectTimeout.isPresent() && !connectTimeout.get().isPositive()) {
      throw new IllegalArgumentException(
          "connect timeout %s is not positive".formatted(connectTimeout.get()));
    }
  }

  /// Whether `address`, such as `db.example:5432` or `[2001:db8::1]:22`, accepts connections within
  /// 5 s.
  public static TcpQuestion of(String address) {
    Authority authority = Authority.parse(address, 0);
    return new TcpQuestion(
        authority.host(),
        authority.port(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(5)));
  }

  /// Whether the host and port of a `tcp://` or `tls://` URL accept connections, within the
  /// attempt's time.
  public static TcpQuestion of(URI uri) {
    Optional<TlsOptions> tls =
        switch (String.valueOf(uri.getScheme())) {
          case "tcp" -> Optional.empty();
          case "tls" -> Optional.of(TlsOptions.DEFAULT);
          default -> throw new IllegalArgumentException("the URL is neither tcp:// nor tls://");
        };
    Authority authority = Authority.of(uri, 0);
    return new TcpQuestion(
        authority.host(),
        authority.port(),
        Optional.empty(),
        Optional.empty(),
        tls,
        Optional.empty());
  }

  /// A copy that sends `text`.
  public TcpQuestion send(String text) {
    return new TcpQuestion(host, port, Optional.of(text), expect, tls, connectTimeout);
  }

  /// A copy that expects `text`.
  public TcpQuestion expect(String text) {
    return new TcpQuestion(host, port, send, Optional.of(text), tls, connectTimeout);
  }

  /// A copy with these TLS options.
  public TcpQuestion tls(TlsOptions options) {
    return new TcpQuestion(host, port, send, expect, Optional.of(options), connectTimeout);
  }

  /// A copy that waits at most `timeout` for the connection.
  public TcpQuestion connectTimeout(Duration timeout) {
    return new TcpQuestion(host, port, send, expect, tls, Optional.of(timeout));
  }

  Authority target() {
    return new Authority(host, port);
  }

  /// Only host and port, because the text to send may be secret.
  @Override
  public String toString() {
    return target().toString();
  }
}
