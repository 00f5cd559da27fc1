package dev.rollcall.server.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The body of a request. Its size is limited before and after decompression: a declared length is
/// checked before the first byte is read, a chunked body is counted while it is read.
final class RequestBody {
  private static final int MOST_CODINGS = 3;

  /// The memory of a JSON tree for each byte of its text.
  private static final int TREE = 8;

  private final RequestHead head;
  private final RequestReader reader;
  private final AnswerWriter writer;
  private final int limit;
  private long charged;
  private boolean refused;
  private @Nullable InputStream raw;

  RequestBody(RequestHead head, RequestReader reader, AnswerWriter writer, int limit) {
    this.head = head;
    this.reader = reader;
    this.writer = writer;
    this.limit = limit;
  }

  /// Checks the declared length.
  ///
  /// @throws Refusal (413) if it is too large
  void checkDeclared() {
    if (limit != Route.ANY_BODY && head.declared() > limit) {
      throw tooLarge();
    }
  }

  /// The decoded body. All codings are gzip, and may be applied several times.
  InputStream open() {
    int codings = codings();
    InputStream stream = raw();
    for (int i = 0; i < codings; i++) {
      stream = new Bounded(gunzip(stream));
    }
    return stream;
  }

  /// The decoded body, for callers that keep what they read: `times` its length counts against the
  /// memory for requests under way until [#release].
  ///
  /// @throws Unavailable if there is no memory left; also thrown by reading
  InputStream open(int times) {
    return new Charged(open(), times);
  }

  /// The JSON tree of a body that was read whole.
  ///
  /// @throws Unavailable if there is no memory left for it
  JsonNode tree(byte[] whole) {
    long bytes = (long) whole.length * TREE;
    MemoryBudget.OF_HEAP.take(bytes);
    charged += bytes;
    BodyReaders turns = new BodyReaders();
    try {
      return Json.tree(new InTurns(whole, turns));
    } finally {
      turns.end();
    }
  }

  /// The rest of the body is not read, because the client gets an error.
  void refuse() {
    refused = true;
  }

  /// Releases the memory.
  void release() {
    MemoryBudget.OF_HEAP.giveBack(charged);
    charged = 0;
    reader.endBody();
  }

  /// The number of codings, all of which are gzip. Their names may be in any case, and in lists
  /// over several lines.
  private int codings() {
    int codings = 0;
    for (String line : head.headers("Content-Encoding")) {
      for (String each : line.split(",", -1)) {
        String coding = each.strip().toLowerCase(Locale.ROOT);
        switch (coding) {
          case "", "identity" -> {}
          case "gzip", "x-gzip" -> codings++;
          default ->
              throw unsupported(
                  "Content-Encoding '"
                      + each.strip()
                      + "' is not understood: send gzip or nothing");
        }
      }
    }
    if (codings > MOST_CODINGS) {
      throw unsupported("Content-Encoding has more than " + MOST_CODINGS + " codings");
    }
    return codings;
  }

  private static Refusal unsupported(String reason) {
    return Refusal.of(415, reason).with("Accept-Encoding", "gzip");
  }

  /// Whether the rest may be read after the answer, because nothing of it was needed. A client that
  /// announces a body and does not send it gets its answer then.
  boolean canWait() {
    return raw == null && head.hasBody() && isReadable();
  }

  private boolean isReadable() {
    return !refused && !reader.isMalformed() && head.declared() <= most() && !waitsToBeAsked();
  }

  private int most() {
    return Math.min(limit, Route.LARGEST_BODY);
  }

  /// Reads the rest of the body, up to the limit, or to the largest limit of all routes.
  ///
  /// @return false if there may be more, so that the connection cannot be used for another request
  boolean skipRest() {
    if (!head.hasBody()) {
      return true;
    }
    if (!isReadable()) {
      return false;
    }
    try {
      byte[] bin = new byte[8192];
      int left = most();
      for (int count = 0; count >= 0; count = raw().read(bin)) {
        left -= count;
        if (left < 0) {
          return false;
        }
      }
      return true;
    } catch (Refusal | IOException e) {
      return false;
    } finally {
      reader.endBody(); // writing the answer may take long
    }
  }

  private boolean waitsToBeAsked() {
    return raw == null && head.expectsContinue();
  }

  private InputStream raw() {
    InputStream stream = raw;
    if (stream == null) {
      stream = head.hasBody() ? asked() : InputStream.nullInputStream();
      raw = stream;
    }
    return stream;
  }

  private InputStream asked() {
    if (head.expectsContinue()) {
      writer.sendContinue();
    }
    return new Bounded(reader.body());
  }

  private static InputStream gunzip(InputStream coded) {
    try {
      return new GZIPInputStream(coded);
    } catch (IOException e) {
      throw notGzip(e);
    }
  }

  private static Refusal notGzip(IOException e) {
    return Refusal.badRequest(
        "the body is not the gzip data that Content-Encoding states: " + e.getMessage());
  }

  private Refusal tooLarge() {
    return Refusal.of(413, "the body is larger than the limit of " + limit + " bytes");
  }

  /// Bytes that are parsed when it is their turn.
  private static final class InTurns extends ByteArrayInputStream {
    private final BodyReaders turns;

    InTurns(byte[] whole, BodyReaders turns) {
      super(whole);
      this.turns = turns;
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      int count = super.read(into, offset, length);
      turns.next(Math.max(0, count));
      return count;
    }
  }

  private final class Charged extends FilterInputStream {
    private static final int STEP = 4 * 1024;

    private final int times;
    private long room;
    private long passed;

    Charged(InputStream in, int times) {
      super(in);
      this.times = times;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = super.read(into, offset, length);
      if (count > 0) {
        room -= count;
        passed += count;
        if (room < 0) {
          long more = (-room + STEP - 1) / STEP * STEP;
          long rest = Math.clamp(head.declared() - passed - room - more, 0, limit);
          MemoryBudget.OF_HEAP.takeForBody(more * times, charged, rest * times);
          charged += more * times;
          room += more;
        }
      }
      return count;
    }
  }

  /// Counts the bytes. Bytes that are skipped count too, so they are read.
  private final class Bounded extends FilterInputStream {
    private long passed;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count;
      try {
        count = super.read(into, offset, length);
      } catch (ZipException | EOFException e) {
        throw notGzip(e);
      }
      passed += Math.max(0, count);
      if (passed > limit) {
        throw tooLarge();
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      return Math.max(0, read(new byte[(int) Math.min(8192, count)]));
    }
  }
}
