package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Strict percent-decoding (RFC 3986, section 2.1) to UTF-8 text.
final class PercentDecoding {
  private PercentDecoding() {}

  /// Decodes one segment of a path, where `+` is a plus.
  static String segment(String raw) {
    return raw.indexOf('%') < 0 ? raw : decode(raw, false);
  }

  /// Decodes a name or value of a query, where `+` is a space.
  static String query(String raw) {
    return raw.indexOf('%') < 0 && raw.indexOf('+') < 0 ? raw : decode(raw, true);
  }

  private static String decode(String text, boolean plusIsSpace) {
    byte[] raw = text.getBytes(UTF_8);
    byte[] bytes = new byte[raw.length];
    int length = 0;
    for (int i = 0; i < raw.length; i++) {
      byte c = raw[i];
      if (c == '%') {
        int high = i + 2 < raw.length ? hex(raw[i + 1]) : -1;
        int low = i + 2 < raw.length ? hex(raw[i + 2]) : -1;
        if (high < 0 || low < 0 || (high | low) == 0) {
          throw bad(text);
        }
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[length++] = plusIsSpace && c == '+' ? (byte) ' ' : c;
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw bad(text);
    }
  }

  /// Only ASCII digits: Java knows more digits than a percent-encoding may have.
  private static int hex(byte c) {
    return c < 0 ? -1 : Character.digit(c, 16);
  }

  private static Refusal bad(String raw) {
    return Refusal.badRequest("'" + raw + "' is not percent-encoded UTF-8 text");
  }
}
