package dev.rollcall.probe;

import java.util.Optional;

/// Writes JSON; its caller sees to the commas and brackets.
final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out;

  JsonWriter(int size) {
    this.out = new StringBuilder(size);
  }

  /// Text that is JSON already.
  JsonWriter text(String json) {
    out.append(json);
    return this;
  }

  JsonWriter raw(boolean value) {
    out.append(value);
    return this;
  }

  JsonWriter raw(long value) {
    out.append(value);
    return this;
  }

  JsonWriter string(Optional<String> value) {
    return value.isPresent() ? string(value.get()) : text("null");
  }

  /// A string with all escapes that RFC 8259 section 7 asks for. Half a surrogate pair, which UTF-8
  /// cannot carry, becomes U+FFFD.
  JsonWriter string(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      } else if (!Character.isSurrogate(c)) {
        out.append(c);
      } else if (isPair(value, i)) {
        out.append(c).append(value.charAt(++i));
      } else {
        out.append('\ufffd');
      }
    }
    out.append('"');
    return this;
  }

  private static boolean isPair(String value, int at) {
    return at + 1 < value.length()
        && Character.isSurrogatePair(value.charAt(at), value.charAt(at + 1));
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
