package dev.rollcall.server.http;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/// Finds the address of the client of a request that came through trusted proxies.
///
/// `X-Forwarded-For` is read from its end, because each proxy appends the address that it was
/// called from: the first address that is not a trusted proxy is the client. What is before it may
/// be anything that the client wrote. `Forwarded` (RFC 7239) is not read: a proxy that knows one of
/// the two headers passes the other on as the client sent it.
///
/// @param trusted whether an address is that of a trusted proxy
public record Proxies(Predicate<InetAddress> trusted) {
  /// No trusted proxies: the address of the connection counts.
  public static final Proxies NONE = new Proxies(_ -> false);

  private static final String HEADER = "X-Forwarded-For";

  /// The address of the client, for a connection from `peer`.
  InetAddress client(InetAddress peer, RequestHead head) {
    if (!trusted.test(peer)) {
      return peer;
    }
    InetAddress client = peer;
    String all = String.join(",", head.headers(HEADER));
    for (String each : List.of(all.split(",", -1)).reversed()) {
      try {
        client = InetAddress.ofLiteral(address(each.strip()));
      } catch (IllegalArgumentException e) {
        return client; // the last address that can be read
      }
      if (!trusted.test(client)) {
        return client;
      }
    }
    return client;
  }

  /// Without a port, which some proxies add: `192.0.2.1:5678`, `[2001:db8::1]:5678`.
  private static String address(String text) {
    int end = text.indexOf(']');
    if (text.startsWith("[") && end > 0) {
      return text.substring(1, end);
    }
    int colon = text.indexOf(':');
    return colon > 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
  }
}
