package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.eclipse.jetty.http.DateGenerator;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.util.BufferUtil;

/// Writes the answers of one connection. A body ends after its declared length, or its last chunk,
/// or with HTTP/1.0 at the end of the connection.
final class AnswerWriter {
  private static final int USUAL_HEADER = 2 * 1024;
  private static final int LARGEST_HEADER = 64 * 1024;
  private static final int STREAM_BUFFER = 16 * 1024;

  /// For a stream of events, which are few and stay open for hours.
  private static final int EVENTS_BUFFER = 512;

  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final HttpField NO_SNIFF =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");
  private static final HttpField GZIP =
      new PreEncodedHttpField(HttpHeader.CONTENT_ENCODING, "gzip");

  /// The header `Date`, formatted once a second.
  private static volatile Today today = Today.at(0);

  private record Today(long second, HttpField field) {
    static Today at(long second) {
      String text = DateGenerator.formatDate(Instant.ofEpochSecond(second));
      return new Today(second, new PreEncodedHttpField(HttpHeader.DATE, text));
    }
  }

  private final Connection connection;
  private final HttpGenerator generator = new HttpGenerator();
  private final ByteBuffer chunk = ByteBuffer.allocate(HttpGenerator.CHUNK_SIZE).limit(0);
  private ByteBuffer header = ByteBuffer.allocate(USUAL_HEADER).limit(0);

  AnswerWriter(Connection connection) {
    this.connection = connection;
  }

  /// The head of one answer.
  ///
  /// @param isHead whether there is no body, as the request was HEAD
  /// @param persistent whether another request may follow on the connection
  record Head(
      int status, HttpFields fields, HttpVersion version, boolean isHead, boolean persistent) {
    /// The head of the answer to a request.
    ///
    /// @param gzip whether the body is compressed while it is sent
    static Head of(Answer answer, RequestHead request, boolean gzip, boolean persistent) {
      HttpFields.Mutable fields = allFields(answer);
      if (gzip) {
        fields.add(GZIP);
      }
      return new Head(answer.status(), fields, request.version(), request.isHead(), persistent);
    }

    /// The head of an answer to something that is no request. The connection ends with it.
    static Head ofLast(Answer answer) {
      return new Head(answer.status(), allFields(answer), HttpVersion.HTTP_1_1, false, false);
    }

    private MetaData.Response info(long length) {
      return new MetaData.Response(status, HttpStatus.getMessage(status), version, fields, length);
    }
  }

  /// Loads the tables of the generator.
  static void load() {
    HttpGenerator.CONTINUE_100_INFO.getStatus();
  }

  /// The words of a status: `Not Found`.
  static String reason(int status) {
    return HttpStatus.getMessage(status);
  }

  private static HttpFields.Mutable allFields(Answer answer) {
    HttpFields.Mutable fields = HttpFields.build(answer.headers().size() + 2);
    fields.add(date());
    fields.add(NO_SNIFF);
    for (HttpField field : answer.headers()) {
      fields.add(field);
    }
    return fields;
  }

  private static HttpField date() {
    long second = System.currentTimeMillis() / 1000;
    Today last = today;
    if (last.second() != second) {
      last = Today.at(second);
      today = last;
    }
    return last.field();
  }

  /// Answers `100 Continue`, for a client that waits for it before it sends the body.
  void sendContinue() {
    connection.write(CONTINUE, 0, CONTINUE.length);
  }

  void send(Head head, byte[] body) {
    begin(head);
    boolean without = head.status() == 204 || head.status() == 304;
    generate(
        head.info(without ? -1 : body.length),
        head.isHead(),
        head.isHead() ? NOTHING : ByteBuffer.wrap(body),
        true);
  }

  /// The head of an answer whose body would have `length` bytes.
  void sendHead(Head head, long length) {
    begin(head);
    generate(head.info(length), true, NOTHING, true);
  }

  /// A body of any length. If it fits into the buffer, it is sent with its length at the end.
  OutputStream stream(Head head) {
    begin(head);
    return new Stream(head.info(-1), STREAM_BUFFER);
  }

  /// A body of events.
  OutputStream events(Head head) {
    begin(head);
    return new Stream(head.info(-1), EVENTS_BUFFER);
  }

  /// Whether the answer that was sent ends the connection.
  boolean wasLast() {
    return !generator.isPersistent();
  }

  private void begin(Head head) {
    generator.reset();
    generator.setPersistent(head.persistent());
  }

  private void generate(MetaData.Response info, boolean isHead, ByteBuffer content, boolean last) {
    try {
      while (true) {
        switch (generator.generateResponse(info, isHead, header, chunk, content, last)) {
          case FLUSH -> flush(content, isHead);
          case HEADER_OVERFLOW -> {
            if (header.capacity() >= LARGEST_HEADER) {
              throw new IllegalStateException("the header of an answer is too large");
            }
            header = ByteBuffer.allocate(LARGEST_HEADER).limit(0);
          }
          case CONTINUE -> {}
          case DONE, SHUTDOWN_OUT -> {
            return;
          }
          case NEED_CHUNK, NEED_CHUNK_TRAILER, NEED_HEADER, NEED_INFO ->
              throw new IllegalStateException("everything was given to the generator");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a short answer at once, which saves a packet and a system call.
  private void flush(ByteBuffer content, boolean isHead) {
    ByteBuffer body = isHead ? NOTHING : content;
    if (!isHead
        && chunk.hasRemaining()
        && header.capacity() - header.limit() >= chunk.remaining()) {
      append(chunk);
    }
    if (body.hasRemaining()
        && !chunk.hasRemaining()
        && header.capacity() - header.limit() >= body.remaining()) {
      append(body);
    }
    write(header);
    if (!isHead) {
      write(chunk);
    }
    write(body);
    BufferUtil.clear(header);
    BufferUtil.clear(chunk);
    content.position(content.limit());
  }

  private void append(ByteBuffer bytes) {
    int position = BufferUtil.flipToFill(header);
    header.put(bytes);
    BufferUtil.flipToFlush(header, position);
  }

  private void write(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      connection.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      bytes.position(bytes.limit());
    }
  }

  private final class Stream extends OutputStream {
    private final MetaData.Response info;
    private final byte[] waiting;
    private int count;
    private boolean closed;

    Stream(MetaData.Response info, int buffer) {
      this.info = info;
      this.waiting = new byte[buffer];
    }

    @Override
    public void write(int b) {
      if (count == waiting.length) {
        push(false);
      }
      waiting[count++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length > waiting.length - count) {
        flush();
      }
      if (length > waiting.length) {
        generate(info, false, ByteBuffer.wrap(bytes, offset, length), false);
      } else {
        System.arraycopy(bytes, offset, waiting, count, length);
        count += length;
      }
    }

    @Override
    public void flush() {
      if (count > 0) {
        push(false);
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        push(true);
      }
    }

    private void push(boolean last) {
      ByteBuffer content = ByteBuffer.wrap(waiting, 0, count);
      count = 0;
      generate(info, false, content, last);
    }
  }
}
