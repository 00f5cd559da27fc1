package dev.rollcall.probes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SPFRecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// What a DNS record holds, apart from how it is written: addresses and names are the same however
/// they are spelt, and a text is the whole of its strings one after the other, as SPF and DKIM read
/// it (RFC 7208, 3.3).
final class DnsValue {
  private final byte[] bytes;
  private final String text;

  private DnsValue(byte[] bytes, String text) {
    this.bytes = bytes;
    this.text = text;
  }

  static DnsValue of(Record record) {
    return switch (record) {
      case TXTRecord text -> text(whole(text.getStringsAsByteArrays()));
      case SPFRecord text -> text(whole(text.getStringsAsByteArrays()));
      default -> new DnsValue(record.rdataToWireCanonical(), record.rdataToString());
    };
  }

  private static byte[] whole(List<byte[]> strings) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    strings.forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  /// What somebody expects of a record of `type`: as zone files have it, a text also without
  /// quotes.
  ///
  /// @throws IllegalArgumentException if no such record can hold that
  static DnsValue of(int type, String expected) {
    String given = expected.strip();
    boolean text = type == Type.TXT || type == Type.SPF;
    if (text && !given.startsWith("\"")) {
      return text(given.getBytes(StandardCharsets.UTF_8));
    }
    try {
      return of(Record.fromString(Name.root, type, DClass.IN, 0, given, Name.root));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"%s\" is nothing that a record of type %s can hold"
              .formatted(Quoted.of(given), Type.string(type)),
          e);
    }
  }

  private static DnsValue text(byte[] bytes) {
    return new DnsValue(bytes, '"' + new String(bytes, StandardCharsets.UTF_8) + '"');
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DnsValue that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// As zone files have it; a text in one pair of quotes.
  @Override
  public String toString() {
    return text;
  }
}
