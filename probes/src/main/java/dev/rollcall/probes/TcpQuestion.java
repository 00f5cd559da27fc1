package dev.rollcall.probes;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// What to ask of a TCP port.
///
/// @param host a name or a literal address, IPv6 without brackets
/// @param port 1 to 65535
/// @param send sent once connected, 8 KiB in UTF-8 at most
/// @param expect what has to come back somewhere in the first 64 KiB; without it, an accepted
///   connection is enough
/// @param tls how to speak TLS, if at all
/// @param connectTimeout the longest to wait for the connection; empty: the whole attempt's time
public record TcpQuestion(
    String host,
    int port,
    Optional<String> send,
    Optional<String> expect,
    Optional<TlsOptions> tls,
    Optional<Duration> connectTimeout) {
  /// So much goes into any socket's buffer: sending never blocks.
  private static final int MOST_SENT = 8192;

  /// Checks host, port and sizes.
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

  /// The same, sending `text`.
  public TcpQuestion send(String text) {
    return new TcpQuestion(host, port, Optional.of(text), expect, tls, connectTimeout);
  }

  /// The same, expecting `text`.
  public TcpQuestion expect(String text) {
    return new TcpQuestion(host, port, send, Optional.of(text), tls, connectTimeout);
  }

  /// The same, speaking TLS as `options` say.
  public TcpQuestion tls(TlsOptions options) {
    return new TcpQuestion(host, port, send, expect, Optional.of(options), connectTimeout);
  }

  /// The same, waiting no longer than `timeout` for the connection.
  public TcpQuestion connectTimeout(Duration timeout) {
    return new TcpQuestion(host, port, send, expect, tls, Optional.of(timeout));
  }

  Authority target() {
    return new Authority(host, port);
  }

  /// The host and port alone: what is sent may be secret.
  @Override
  public String toString() {
    return target().toString();
  }
}
