package dev.rollcall.server.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// A gzip stream that needs no compressor while it waits: it is made of blocks of DEFLATE that end
/// at a byte and refer to nothing before them. A compressor takes a quarter of a megabyte, and a
/// slow client would keep it for as long as it likes.
///
/// Source: [RFC 1951](https://www.rfc-editor.org/rfc/rfc1951) and [RFC
/// 1952](https://www.rfc-editor.org/rfc/rfc1952).
final class GzipBlocks {
  /// Deflate, no name, no time, from an unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /// A last block with nothing in it.
  private static final byte[] LAST_BLOCK = {3, 0};

  private static final int TRAILER = 8;

  private final CRC32 crc = new CRC32();
  private int length;

  /// What stands before the first block.
  static byte[] header() {
    return HEADER.clone();
  }

  /// Bytes as blocks, which fit into any stream after anything.
  static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(plain);
      byte[] room = new byte[plain.length + plain.length / 1_000 + 64];
      int length = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
      return Arrays.copyOf(room, length);
    } finally {
      deflater.end();
    }
  }

  /// Counts what was sent in blocks.
  void sent(byte[] plain) {
    crc.update(plain);
    length += plain.length;
  }

  /// What stands behind the last block.
  byte[] end() {
    return ByteBuffer.allocate(LAST_BLOCK.length + TRAILER)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(LAST_BLOCK)
        .putInt((int) crc.getValue())
        .putInt(length)
        .array();
  }
}
