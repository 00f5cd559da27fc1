package dev.rollcall.server.http;

import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// A long JSON answer. Each piece is made when the client has read the piece before, so a slow
/// client needs the memory of one piece, and nothing of the database.
///
/// The pieces are made on [ListThreads], and compressed if the client accepts that.
final class ChunkedJson {
  /// The memory of such an answer in bytes: the data of a piece, and the piece before and after
  /// compression.
  static final long HELD = 192 * 1024;

  private static final int ENOUGH = 16 * 1024;
  private static final byte[] NONE = new byte[0];

  private final Iterator<Json.Body> parts;
  private final Piece piece = new Piece();
  private final JsonGenerator json = Json.generator(piece);
  private byte[] first;
  private boolean given;
  private Optional<GzipBlocks> gzip = Optional.empty();

  /// Makes the first piece at once, so that an error can still be answered.
  ChunkedJson(Iterator<Json.Body> parts) {
    this.parts = parts;
    this.first = make();
  }

  /// Whether the first piece is the whole answer.
  boolean isWhole() {
    return !parts.hasNext();
  }

  byte[] first() {
    return first;
  }

  /// The same, compressed. Call this before the first piece is read.
  ChunkedJson compressed() {
    gzip = Optional.of(new GzipBlocks());
    return this;
  }

  /// Whether another piece follows.
  boolean hasNext() {
    return !given || parts.hasNext();
  }

  /// The next piece in the form in which it is sent.
  byte[] next() throws InterruptedException {
    byte[] ready = first;
    boolean isFirst = !given;
    given = true;
    first = NONE; // whoever waits for a client holds what that has to take, and no more
    return ListThreads.make(() -> sent(isFirst ? ready : make(), isFirst));
  }

  private byte[] make() {
    while (parts.hasNext() && piece.size() < ENOUGH) {
      parts.next().write(json);
      json.flush();
    }
    if (!parts.hasNext()) {
      json.close();
    }
    return piece.take();
  }

  private byte[] sent(byte[] plain, boolean isFirst) {
    if (gzip.isEmpty()) {
      return plain;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    if (isFirst) {
      packed.writeBytes(GzipBlocks.header());
    }
    packed.writeBytes(GzipBlocks.deflate(plain));
    gzip.get().sent(plain);
    if (!hasNext()) {
      packed.writeBytes(gzip.get().end());
    }
    return packed.toByteArray();
  }

  /// Collects what is written until it is taken. Afterwards it is empty.
  private static final class Piece extends ByteArrayOutputStream {
    private int usual = ENOUGH;

    byte[] take() {
      byte[] all = toByteArray();
      buf = NONE;
      usual = count + count / 8;
      count = 0;
      return all;
    }

    /// Starts with the size of the piece before: growing step by step would cost more than writing.
    private void begin() {
      if (buf.length == 0) {
        buf = new byte[Math.max(usual, ENOUGH)];
      }
    }

    @Override
    public synchronized void write(int b) {
      begin();
      super.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      begin();
      super.write(bytes, offset, length);
    }
  }
}
