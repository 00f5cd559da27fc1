package dev.rollcall.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/// Bytes that are sent compressed to clients that accept that. They are compressed once, for all
/// clients, and must not change any more.
public final class Compressed {
  /// Shorter bytes fit into one packet either way.
  private static final int WORTH_IT = 1_000;

  private static final double NOT_AT_ALL = 0;

  private final byte[] plain;
  private byte[] gzip = new byte[0];

  public Compressed(byte[] plain) {
    this.plain = plain;
  }

  byte[] plain() {
    return plain;
  }

  boolean worthIt() {
    return plain.length >= WORTH_IT;
  }

  synchronized byte[] gzip() {
    if (gzip.length == 0) {
      gzip = gzip(plain);
    }
    return gzip;
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 4);
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  /// Whether a client with these lines of `Accept-Encoding` accepts gzip. A value for gzip takes
  /// precedence over `*`.
  ///
  /// Source: [RFC 9110, section 12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3).
  static boolean takesGzip(List<String> acceptEncoding) {
    boolean all = false;
    for (String line : acceptEncoding) {
      for (String part : line.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] coding = part.split(";", 2);
        boolean wanted = coding.length == 1 || weight(coding[1]) > NOT_AT_ALL;
        switch (coding[0].strip()) {
          case "gzip", "x-gzip" -> {
            return wanted;
          }
          case "*" -> all = wanted;
          default -> {} // another one
        }
      }
    }
    return all;
  }

  private static double weight(String parameter) {
    String text = parameter.strip();
    try {
      return text.startsWith("q=") ? Double.parseDouble(text.substring(2).strip()) : NOT_AT_ALL;
    } catch (NumberFormatException e) {
      return NOT_AT_ALL;
    }
  }
}
