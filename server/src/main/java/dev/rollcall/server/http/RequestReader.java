package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

/// Reads the requests of one connection, one after the other, with the strictest mode of Jetty's
/// parser. Lines end with CR LF only, in the header and between chunks. What could be read in two
/// ways is rejected, because a proxy in front of this server may read it in the other way.
final class RequestReader implements HttpParser.RequestHandler {
  private static final int LONGEST_TARGET = 8 * 1024;
  private static final int LARGEST_HEADER = 16 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final int USUAL_BUFFER = 4 * 1024;
  private static final int BODY_BUFFER = 32 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// Jetty's parser logs warnings about what strangers send. Kept in a field: a logger without
  /// references is collected, and its level is lost.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  static {
    JETTY.setLevel(Level.OFF);
  }

  private final Connection connection;

  /// Strict, except that [#checkHost] looks at the host: Jetty refuses an empty port.
  private static final HttpCompliance COMPLIANCE =
      HttpCompliance.STRICT.with("own-host", HttpCompliance.Violation.UNSAFE_HOST_HEADER);

  private final HttpParser parser = new HttpParser(this, LARGEST_HEADER, COMPLIANCE);
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
    // a header cache would need more memory than everything else in a connection
    parser.setHeaderCacheSize(0);
  }

  /// Loads the tables of the parser.
  static void load() {
    HttpParser.CACHE.size();
  }

  /// Waits for a request, and reads it up to the end of its header. The body of the request before
  /// must have been read.
  ///
  /// @return null if the client has closed the connection
  /// @throws MalformedRequest if it is no request
  @Nullable RequestHead next() {
    parser.reset();
    fields = HttpFields.build();
    head = null;
    content = null;
    ended = false;
    malformed = false;
    if (!buffer.hasRemaining() && buffer.capacity() != USUAL_BUFFER) {
      buffer = ByteBuffer.allocate(USUAL_BUFFER).flip();
    }
    RequestLine line = new RequestLine();
    if (!buffer.hasRemaining() && !fill()) {
      return null;
    }
    ProxyProtocol.refuse(buffer);
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

  /// The body of the last request, without the framing of chunks.
  InputStream body() {
    turns.begin();
    return new Body();
  }

  /// Needs no memory for what comes next, because the answer takes long. What has come already
  /// stays.
  void shrink() {
    if (!buffer.hasRemaining()) {
      buffer = NOTHING;
    }
  }

  /// The body is not read any more.
  void endBody() {
    turns.end();
  }

  /// Whether the body was framed in another way than the header states. Its end is then not known.
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
    if (uri.indexOf('#') >= 0) {
      throw refuse(400, "the request target has a #, which must be percent-encoded");
    }
  }

  @Override
  public void parsedHeader(HttpField field) {
    fields.add(field);
    if (field.getHeader() == HttpHeader.HOST) {
      checkHost(field.getValue());
    }
    if (fields.size() > MOST_HEADERS) {
      throw refuse(431, "a request may have " + MOST_HEADERS + " headers");
    }
  }

  /// A port may be empty (RFC 3986, section 3.2.3). The parser takes such a one off.
  private void checkHost(@Nullable String host) {
    if (host != null && !host.isEmpty() && !isHost(host)) {
      throw refuse(400, "the header Host has to be a host, or a host and a port");
    }
  }

  private static boolean isHost(String text) {
    try {
      String host = new HostPort(text).getHost();
      return host != null && !host.isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
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

  /// Whether `chunked` is the only coding. Empty list elements do not count (RFC 9110, section
  /// 5.6.1).
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
      // RFC 9112, section 3: a line without a version is no request line of a supported version
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

  /// Called if the body is not framed correctly. (The end of a connection is never reported to the
  /// parser.)
  @Override
  public void earlyEOF() {
    malformed = true;
  }

  /// Looks at a request line before Jetty's parser does. Rejects what the parser accepts although a
  /// proxy may read it in another way (a second space, a version in lower case) or cannot show: a
  /// target with bytes that are no UTF-8. A later minor version of HTTP/1 becomes 1.1, which such
  /// requests have to be read as (RFC 9110, section 2.5).
  private static final class RequestLine {
    private static final String VERSION = "HTTP/1.";

    private @Nullable ByteArrayOutputStream raw; // of a target, from its first byte beyond ASCII
    private boolean begun;
    private boolean over;
    private byte before;
    private int spaces;
    private int ofVersion;

    void look(ByteBuffer bytes) {
      for (int i = bytes.position(); !over && i < bytes.limit(); i++) {
        byte each = bytes.get(i);
        if (each == ' ' && before == ' ') {
          throw new MalformedRequest(
              400, "this is no request of HTTP/1.1: it has two spaces in a row");
        }
        if (spaces == 1 && (raw != null || each < 0)) {
          raw = raw == null ? new ByteArrayOutputStream() : raw;
          raw.write(each);
        }
        spaces += each == ' ' ? 1 : 0;
        if (spaces == 2 && each >= 'a' && each <= 'z') {
          throw new MalformedRequest(
              400, "this is no request of HTTP/1.1: HTTP/1.1 stands after the target");
        }
        if (spaces == 2 && each != ' ') {
          version(bytes, i);
        }
        over = begun && each == '\n';
        if (raw != null && (over || spaces == 2)) {
          checkTarget(raw.toByteArray());
          raw = null;
        }
        begun |= each != '\r' && each != '\n';
        before = each;
      }
    }

    private void version(ByteBuffer bytes, int at) {
      byte each = bytes.get(at);
      if (ofVersion < VERSION.length() && each == VERSION.charAt(ofVersion)) {
        ofVersion++;
      } else {
        if (ofVersion == VERSION.length() && each >= '2' && each <= '9') {
          bytes.put(at, (byte) '1');
        }
        ofVersion = VERSION.length() + 1; // what follows is no part of it
      }
    }

    private static void checkTarget(byte[] bytes) {
      try {
        UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        throw new MalformedRequest(400, "the request target is not UTF-8 text: percent-encode it");
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
        // also if no byte is left: the parser reports the end of a body without one
        parser.parseNext(buffer);
        if (content == null && !ended && !malformed && !buffer.hasRemaining()) {
          more();
        }
      }
    }

    private void more() {
      if (buffer.capacity() < USUAL_BUFFER) {
        buffer = ByteBuffer.allocate(USUAL_BUFFER).flip();
      }
      if (turns.isLong() && buffer.capacity() < BODY_BUFFER) {
        buffer = ByteBuffer.allocate(BODY_BUFFER).flip();
      }
      if (!connection.hasMore()) {
        turns.end();
      }
      if (!fill()) {
        throw new ConnectionEnded("the client has closed in the middle of a body");
      }
      turns.next(buffer.remaining());
    }
  }
}
