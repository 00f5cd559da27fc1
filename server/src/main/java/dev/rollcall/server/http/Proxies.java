package dev.rollcall.server.http;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/// Whose address counts where a request came through a proxy: that of whoever called it, if the
/// proxy is trusted to tell.
///
/// `X-Forwarded-For` is read from its end, as each proxy adds whom it was called by: the first
/// address that is no trusted proxy's is the client. What stands before it may be anything the
/// client wrote. `Forwarded` (RFC 7239) is not read: a proxy that knows one of the two headers
/// passes the other on as the client sent it.
///
/// @param trusted which addresses are those of proxies
public record Proxies(Predicate<InetAddress> trusted) {
  /// The address counts from which the connection comes.
  public static final Proxies NONE = new Proxies(_ -> false);

  private static final String HEADER = "X-Forwarded-For";

  /// Who called, where the connection comes from `peer`.
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
        return client; // as far as it can be followed
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
