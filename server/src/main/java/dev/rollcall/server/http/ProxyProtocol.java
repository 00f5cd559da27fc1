package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/// Recognizes the PROXY protocol, versions 1 and 2 (HAProxy, `doc/proxy-protocol.txt`), to say what
/// to do instead: it cannot be told from bytes of a client unless every connection begins with it,
/// and every balancer that speaks HTTP can send `X-Forwarded-For`.
final class ProxyProtocol {
  private static final byte[] ONE = "PROXY ".getBytes(ISO_8859_1);
  private static final byte[] TWO = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

  private ProxyProtocol() {}

  /// @param bytes the first of a request
  /// @throws MalformedRequest if they are the PROXY protocol
  static void refuse(ByteBuffer bytes) {
    if (begins(bytes, ONE) || begins(bytes, TWO)) {
      throw new MalformedRequest(
          400,
          "the PROXY protocol is not spoken here: let the proxy speak HTTP and send"
              + " X-Forwarded-For, and name it in trusted-proxies");
    }
  }

  private static boolean begins(ByteBuffer bytes, byte[] with) {
    if (bytes.remaining() < with.length) {
      return false;
    }
    for (int i = 0; i < with.length; i++) {
      if (bytes.get(bytes.position() + i) != with[i]) {
        return false;
      }
    }
    return true;
  }
}
