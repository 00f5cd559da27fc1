package dev.rollcall.server.http;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/// Reads the requests of one connection, one after the other, with Jetty's parser in its strictest
/// mode. A line ends with CR LF and nothing else, in the header as between chunks; what could be
/// read in two ways is refused, as somebody in front of this server may read it in the other.
final class RequestReader implements HttpParser.RequestHandler {
  private static final int LONGEST_TARGET = 8 * 1024;
  private static final int LARGEST_HEADER = 16 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final int USUAL_BUFFER = 4 * 1024;
  private static final int BODY_BUFFER = 32 * 1024;
  private static final char NO_UTF_8 = '\uFFFD';

  private final Connection connection;
  private final HttpParser parser = new HttpParser(this, LARGEST_HEADER, HttpCompliance.STRICT);
  private ByteBuffer buffer = ByteBuffer.allocate(USUAL_BUFFER).flip();

  private String method = "";
  private String target = "";
  private HttpVersion version = HttpVersion.HTTP_1_1;
  private HttpFields.Mutable fields = HttpFields.build();
  private @Nullable RequestHead head;
  private @Nullable MalformedRequest malformedRequest;

  private @Nullable ByteBuffer content;
  private boolean ended = true;
  private boolean malformed;
  private final BodyReaders turns = new BodyReaders();

  RequestReader(Connection connection) {
    this.connection = connection;
    // a cache of the connection's own is larger than everything else it keeps
    parser.setHeaderCacheSize(0);
  }

  /// Waits for a request and reads it up to the end of its header. The body of the one before has
  /// to be read to its end.
  ///
  /// @return null where the client has closed
  /// @throws MalformedRequest if what came is no request
  @Nullable RequestHead next() {
    parser.reset();
    fields = HttpFields.build();
    head = null;
    content = null;
    ended = false;
    malformed = false;
    if (!buffer.hasRemaining() && buffer.capacity() > USUAL_BUFFER) {
      buffer = ByteBuffer.allocate(USUAL_BUFFER).flip();
    }
    RequestLine line = new RequestLine();
    while (true) {
      if (!buffer.hasRemaining() && !fill()) {
        return null;
      }
      connection.headerBegins();
      line.look(buffer);
      parser.parseNext(buffer);
      if (malformedRequest != null) {
        throw malformedRequest;
      }
      RequestHead read = head;
      if (read != null) {
        return read;
      }
    }
  }

  private boolean fill() {
    buffer.clear();
    int count = connection.read(buffer.array(), 0, buffer.capacity());
    buffer.limit(Math.max(0, count));
    return count > 0;
  }

  /// The body of the request whose header was read last, without what frames it.
  InputStream body() {
    turns.begin();
    return new Body();
  }

  /// Nobody reads the body any more.
  void endBody() {
    turns.end();
  }

  /// Whether the body was not framed as its header says; where it ends is then anybody's guess.
  boolean isMalformed() {
    return malformed;
  }

  @Override
  public void startRequest(String asked, String uri, HttpVersion spoken) {
    method = asked;
    target = uri;
    version = spoken;
    if (spoken != HttpVersion.HTTP_1_1 && spoken != HttpVersion.HTTP_1_0) {
      throw refuse(505, "only HTTP/1.1 and HTTP/1.0 are supported");
    }
    if (uri.length() > LONGEST_TARGET) {
      throw refuse(414, "the request target is longer than " + LONGEST_TARGET + " characters");
    }
    if (uri.indexOf(NO_UTF_8) >= 0) {
      throw refuse(400, "the request target is not UTF-8 text: percent-encode it");
    }
    if (uri.indexOf('#') >= 0) {
      throw refuse(400, "the request target has a #, which must be percent-encoded");
    }
  }

  @Override
  public void parsedHeader(HttpField field) {
    fields.add(field);
    if (fields.size() > MOST_HEADERS) {
      throw refuse(431, "a request may have " + MOST_HEADERS + " headers");
    }
  }

  @Override
  public boolean headerComplete() {
    String coding = fields.get(HttpHeader.TRANSFER_ENCODING);
    if (coding != null && version == HttpVersion.HTTP_1_0) {
      throw refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    }
    if (coding != null && !isChunked()) {
      throw refuse(501, "Transfer-Encoding '" + coding + "' is not understood: send chunked");
    }
    try {
      head = RequestHead.of(method, target, version, fields);
    } catch (MalformedRequest e) {
      malformedRequest = e;
      throw e;
    }
    return true;
  }

  /// Whether `chunked` is the one coding. Empty elements of the list do not count (RFC 9110,
  /// section 5.6.1).
  private boolean isChunked() {
    List<String> codings = fields.getCSV(HttpHeader.TRANSFER_ENCODING, false);
    return codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
  }

  private MalformedRequest refuse(int status, String reason) {
    MalformedRequest refusal = new MalformedRequest(status, reason);
    malformedRequest = refusal;
    return refusal;
  }

  @Override
  public void badMessage(HttpException failure) {
    if (malformedRequest != null) {
      return;
    }
    String why = failure.getReason();
    switch (failure.getCode()) {
      case 414 ->
          refuse(414, "the request target is longer than " + LONGEST_TARGET + " characters");
      case 431 -> refuse(431, "the header is larger than " + LARGEST_HEADER + " bytes");
      // RFC 9112, section 3: a line without a version is no request line of any version spoken
      case 505 -> {
        if (String.valueOf(why).startsWith("HTTP/0.9")) {
          refuse(400, "this is no request of HTTP/1.1: it has no version");
        } else {
          refuse(505, "only HTTP/1.1 and HTTP/1.0 are supported");
        }
      }
      default -> refuse(400, "this is no request of HTTP/1.1" + (why == null ? "" : ": " + why));
    }
  }

  @Override
  public boolean content(ByteBuffer bytes) {
    content = bytes;
    return true;
  }

  @Override
  public boolean contentComplete() {
    return false;
  }

  @Override
  public boolean messageComplete() {
    ended = true;
    return true;
  }

  /// The parser is told of no end, so this stands for a body that is not framed as it should.
  @Override
  public void earlyEOF() {
    malformed = true;
  }

  /// Looks for what Jetty's parser takes in a request line, and a proxy in front may read in
  /// another way: a second space, and a version in lower case.
  private static final class RequestLine {
    private boolean begun;
    private boolean over;
    private byte before;
    private int spaces;

    void look(ByteBuffer bytes) {
      for (int i = bytes.position(); !over && i < bytes.limit(); i++) {
        byte each = bytes.get(i);
        if (each == ' ' && before == ' ') {
          throw new MalformedRequest(
              400, "this is no request of HTTP/1.1: it has two spaces in a row");
        }
        spaces += each == ' ' ? 1 : 0;
        if (spaces == 2 && each >= 'a' && each <= 'z') {
          throw new MalformedRequest(
              400, "this is no request of HTTP/1.1: HTTP/1.1 stands after the target");
        }
        over = begun && each == '\n';
        begun |= each != '\r' && each != '\n';
        before = each;
      }
    }
  }

  private final class Body extends InputStream {
    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, into.length);
      while (true) {
        if (malformed) {
          throw Refusal.badRequest("the body is not chunked as Transfer-Encoding states");
        }
        ByteBuffer ready = content;
        if (ready != null && ready.hasRemaining()) {
          int count = Math.min(length, ready.remaining());
          ready.get(into, offset, count);
          return count;
        }
        content = null;
        if (ended) {
          turns.end();
          return -1;
        }
        // also without a byte left: the end of a body is told without one
        parser.parseNext(buffer);
        if (content == null && !ended && !malformed && !buffer.hasRemaining()) {
          more();
        }
      }
    }

    private void more() {
      if (buffer.capacity() < BODY_BUFFER) {
        buffer = ByteBuffer.allocate(BODY_BUFFER).flip();
      }
      turns.end();
      if (!fill()) {
        throw new ConnectionEnded("the client has closed in the middle of a body");
      }
      turns.next(buffer.remaining());
    }
  }
}
