package dev.rollcall.server.account.factor;

/// Base32 (RFC 4648, 6) without padding: what people can type.
final class Base32 {
  private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int BITS = 5;

  private Base32() {}

  static String text(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte each : bytes) {
      buffer = (buffer << 8 | (each & 0xff)) & 0xffff;
      bits += 8;
      while (bits >= BITS) {
        bits -= BITS;
        text.append(DIGITS.charAt(buffer >> bits & 31));
      }
    }
    return bits == 0
        ? text.toString()
        : text.append(DIGITS.charAt(buffer << (BITS - bits) & 31)).toString();
  }

  /// The bytes of a text.
  ///
  /// @throws IllegalArgumentException if the text has other characters
  static byte[] bytes(String text) {
    byte[] bytes = new byte[text.length() * BITS / 8];
    int buffer = 0;
    int bits = 0;
    int end = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = DIGITS.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new IllegalArgumentException("is no Base32");
      }
      buffer = (buffer << BITS | digit) & 0xffff;
      bits += BITS;
      if (bits >= 8) {
        bits -= 8;
        bytes[end++] = (byte) (buffer >> bits);
      }
    }
    return bytes;
  }
}
