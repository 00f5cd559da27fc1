package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Values of ASN.1 in DER, as certificates consist of them.
final class Der {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  /// A value of that tag that contains `parts`.
  static byte[] of(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    int length = content.size();
    if (length >= 0x80) {
      byte[] bytes = new BigInteger(Integer.toString(length)).toByteArray();
      int zero = bytes[0] == 0 ? 1 : 0;
      value.write(0x80 + bytes.length - zero);
      value.write(bytes, zero, bytes.length - zero);
    } else {
      value.write(length);
    }
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return of(0x30, parts);
  }

  static byte[] set(byte[]... parts) {
    return of(0x31, parts);
  }

  static byte[] yes() {
    return of(0x01, new byte[] {(byte) 0xff});
  }

  static byte[] number(BigInteger number) {
    return of(0x02, number.toByteArray());
  }

  static byte[] bits(byte[] bits) {
    return of(0x03, new byte[] {0}, bits);
  }

  static byte[] octets(byte[] octets) {
    return of(0x04, octets);
  }

  static byte[] nothing() {
    return of(0x05);
  }

  /// @param id as in `2.5.29.17`
  static byte[] id(String id) {
    String[] numbers = id.split("\\.", -1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(40 * Integer.parseInt(numbers[0]) + Integer.parseInt(numbers[1]));
    for (int i = 2; i < numbers.length; i++) {
      int number = Integer.parseInt(numbers[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (number >>> shift > 0) {
          bytes.write(0x80 | (number >>> shift & 0x7f));
        }
      }
      bytes.write(number & 0x7f);
    }
    return of(0x06, bytes.toByteArray());
  }

  static byte[] text(String text) {
    return of(0x13, text.getBytes(US_ASCII));
  }

  static byte[] time(Instant time) {
    return of(0x17, TIME.format(time).getBytes(US_ASCII));
  }
}
