package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.address.Address;

/// A growing array of bytes, for numbers, addresses and texts that are read in the order in which
/// they were added. Small numbers take few bytes (base 128, as in [Protocol
/// Buffers](https://protobuf.dev/programming-guides/encoding/#varints)).
final class PackedBytes implements AutoCloseable {
  private static final int FIRST = 4096;

  private final ResultBuffers buffers;
  private byte[] bytes = new byte[0];
  private int length;

  PackedBytes(ResultBuffers buffers) {
    this.buffers = buffers;
  }

  /// Removes the content, and keeps the memory.
  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  PackedBytes add(int oneByte) {
    reserve(1);
    bytes[length++] = (byte) oneByte;
    return this;
  }

  /// Any number; small positive numbers are short.
  PackedBytes number(long number) {
    reserve(10);
    long rest = number;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      bytes[length++] = (byte) (rest | 0x80);
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /// Eight bytes.
  PackedBytes fixed(long number) {
    reserve(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (number >>> shift);
    }
    return this;
  }

  PackedBytes text(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    number(utf8.length);
    reserve(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    length += utf8.length;
    return this;
  }

  /// Four bytes for IPv4, otherwise sixteen; the reader has to know which.
  PackedBytes address(Address address) {
    if (!address.isIpv4()) {
      return fixed(address.high()).fixed(address.low());
    }
    reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (address.low() >>> shift);
    }
    return this;
  }

  PackedBytes all(PackedBytes other) {
    reserve(other.length);
    System.arraycopy(other.bytes, 0, bytes, length, other.length);
    length += other.length;
    return this;
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      byte[] before = bytes;
      byte[] larger = buffers.take(length + more, Math.max(FIRST, 2 * length));
      System.arraycopy(before, 0, larger, 0, length);
      bytes = larger;
      if (before.length > 0) {
        buffers.giveBack(before);
      }
    }
  }

  Reader reader() {
    return new Reader(bytes);
  }

  /// Gives the memory back to the buffers.
  @Override
  public void close() {
    if (bytes.length > 0) {
      buffers.giveBack(bytes);
    }
    bytes = new byte[0];
    length = 0;
  }

  /// Reads what was added, in the same order.
  static final class Reader {
    private final byte[] bytes;
    private int at;

    private Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    int next() {
      return bytes[at++];
    }

    long number() {
      long number = 0;
      for (int shift = 0; ; shift += 7) {
        byte one = bytes[at++];
        number |= (one & 0x7fL) << shift;
        if (one >= 0) {
          return number;
        }
      }
    }

    long fixed() {
      long number = 0;
      for (int i = 0; i < 8; i++) {
        number = (number << 8) | (bytes[at++] & 0xff);
      }
      return number;
    }

    String text() {
      int length = (int) number();
      String text = new String(bytes, at, length, UTF_8);
      at += length;
      return text;
    }

    Address ipv4() {
      int four = 0;
      for (int i = 0; i < 4; i++) {
        four = (four << 8) | (bytes[at++] & 0xff);
      }
      return Address.ofIpv4(four);
    }

    Address ipv6() {
      return new Address(fixed(), fixed());
    }
  }
}
