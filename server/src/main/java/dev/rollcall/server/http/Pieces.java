package dev.rollcall.server.http;

import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// A long answer in JSON, of which each piece is made once its client has taken the one before: who
/// reads slowly, or never, holds a piece of memory and nothing of the database.
///
/// Pieces are made where lists are ([ListThreads]), compressed for who takes that.
final class Pieces {
  /// What an answer in pieces holds while it is sent, in bytes: a piece as it is made, as it is
  /// written, and what it is made of.
  static final long HELD = 192 * 1024;

  private static final int ENOUGH = 16 * 1024;

  private final Iterator<Json.Body> parts;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(ENOUGH);
  private final JsonGenerator json = Json.generator(bytes);
  private final byte[] first;
  private boolean given;
  private Optional<GzipBlocks> gzip = Optional.empty();

  /// Makes the first piece at once, while an error can still be answered.
  Pieces(Iterator<Json.Body> parts) {
    this.parts = parts;
    this.first = make();
  }

  /// Whether the first piece is all of it.
  boolean isWhole() {
    return !parts.hasNext();
  }

  byte[] first() {
    return first;
  }

  /// The same, compressed. To be said before any piece is asked for.
  Pieces compressed() {
    gzip = Optional.of(new GzipBlocks());
    return this;
  }

  /// Whether another piece follows.
  boolean hasNext() {
    return !given || parts.hasNext();
  }

  /// The next piece, as it is sent.
  byte[] next() throws InterruptedException {
    if (given) {
      return ListThreads.make(() -> sent(make()));
    }
    given = true;
    return ListThreads.make(() -> sent(first));
  }

  private byte[] make() {
    bytes.reset();
    while (parts.hasNext() && bytes.size() < ENOUGH) {
      parts.next().write(json);
      json.flush();
    }
    if (!parts.hasNext()) {
      json.close();
    }
    return bytes.toByteArray();
  }

  private byte[] sent(byte[] plain) {
    if (gzip.isEmpty()) {
      return plain;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    if (plain == first) {
      packed.writeBytes(GzipBlocks.header());
    }
    packed.writeBytes(GzipBlocks.deflate(plain));
    gzip.get().sent(plain);
    if (!hasNext()) {
      packed.writeBytes(gzip.get().end());
    }
    return packed.toByteArray();
  }
}
