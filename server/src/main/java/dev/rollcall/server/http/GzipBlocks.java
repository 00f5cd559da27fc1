package dev.rollcall.server.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// A gzip stream without a compressor: it consists of DEFLATE blocks that end at a byte and refer
/// to nothing before them. A compressor needs a quarter of a megabyte, for as long as a slow client
/// reads.
///
/// Source: [RFC 1951](https://www.rfc-editor.org/rfc/rfc1951) and [RFC
/// 1952](https://www.rfc-editor.org/rfc/rfc1952).
final class GzipBlocks {
  /// Method deflate, no name, no time, unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /// An empty last block.
  private static final byte[] LAST_BLOCK = {3, 0};

  private static final int TRAILER = 8;

  private final CRC32 crc = new CRC32();
  private int length;

  /// The bytes before the first block.
  static byte[] header() {
    return HEADER.clone();
  }

  /// Bytes as blocks, which can follow anything in a stream.
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

  /// Counts bytes that were sent in blocks.
  void sent(byte[] plain) {
    crc.update(plain);
    length += plain.length;
  }

  /// The bytes after the last block.
  byte[] end() {
    return ByteBuffer.allocate(LAST_BLOCK.length + TRAILER)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(LAST_BLOCK)
        .putInt((int) crc.getValue())
        .putInt(length)
        .array();
  }
}
