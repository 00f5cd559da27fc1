package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// The answer of a route: a status, headers, and a body that is whole, streamed, or a stream of
/// events.
public final class Answer {
  /// Writes a body of unknown size.
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  sealed interface Body {
    final class Whole implements Body {
      final byte[] bytes;

      private Whole(byte[] bytes) {
        this.bytes = bytes;
      }
    }

    record Either(Compressed bytes) implements Body {}

    record Streamed(Writer writer, long held) implements Body {}

    record InPieces(ChunkedJson chunkedJson) implements Body {}

    record Events(Function<EventStream, Runnable> opened) implements Body {}
  }

  private static final HttpField JSON = type("application/json");
  private static final HttpField TEXT = type("text/plain; charset=utf-8");
  private static final HttpField HTML = type("text/html; charset=utf-8");
  private static final HttpField EVENTS = type("text/event-stream");
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
  private static final HttpField VARY = new PreEncodedHttpField(HttpHeader.VARY, "Accept-Encoding");
  private static final HttpField SAME_SITE_REFERRER =
      new PreEncodedHttpField("Referrer-Policy", "same-origin");
  private static final HttpField CONTENT_POLICY =
      new PreEncodedHttpField(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
              + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  private static final Body NOTHING = new Body.Whole(new byte[0]);

  private final int status;
  private final List<HttpField> headers;
  private final Body body;
  private final String named;

  private Answer(int status, List<HttpField> headers, Body body) {
    this(status, headers, body, "");
  }

  private Answer(int status, List<HttpField> headers, Body body, String named) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.named = named;
  }

  /// JSON that is written into memory at once.
  public static Answer json(int status, Json.Body body) {
    return json(status, Json.bytes(body));
  }

  /// JSON that may be long. Its parts are requested one after the other while it is sent, and form
  /// one value together. The first parts are written at once. An exception from a later part ends
  /// the connection, so that the client sees that the answer is incomplete.
  public static Answer json(int status, Iterator<Json.Body> parts) {
    ChunkedJson chunkedJson = new ChunkedJson(parts);
    return chunkedJson.isWhole()
        ? json(status, chunkedJson.first())
        : new Answer(status, List.of(JSON, VARY), new Body.InPieces(chunkedJson));
  }

  /// JSON in bytes, which must not change any more.
  public static Answer json(int status, byte[] body) {
    return new Answer(status, List.of(JSON), new Body.Whole(body));
  }

  /// Plain text.
  public static Answer text(int status, String body) {
    return new Answer(status, List.of(TEXT), new Body.Whole(body.getBytes(UTF_8)));
  }

  /// A page, with headers that forbid scripts, styles and frames of other sites.
  public static Answer html(int status, String page) {
    return html(status, new Compressed(page.getBytes(UTF_8)));
  }

  /// A page that is also sent to others.
  public static Answer html(int status, Compressed page) {
    return new Answer(
        status,
        List.of(HTML, CONTENT_POLICY, SAME_SITE_REFERRER, NO_STORE, VARY),
        new Body.Either(page));
  }

  /// Bytes of any type, compressed if the client accepts that.
  public static Answer bytes(int status, String contentType, Compressed body) {
    return new Answer(status, List.of(type(contentType), VARY), new Body.Either(body));
  }

  /// Bytes of any type, never compressed.
  public static Answer bytes(int status, String contentType, byte[] body) {
    return new Answer(status, List.of(type(contentType)), new Body.Whole(body));
  }

  /// A body that is written while it is sent, so that its size does not matter for memory. An
  /// exception of the writer after its first bytes ends the connection, so that the client sees
  /// that the answer is incomplete.
  public static Answer stream(int status, String contentType, Writer writer) {
    return new Answer(status, List.of(type(contentType)), new Body.Streamed(writer, 0));
  }

  /// The same answer, whose writer needs this many bytes of memory until everything is sent. They
  /// count with those of all other answers.
  public Answer holding(long bytes) {
    return body instanceof Body.Streamed(Writer writer, long _)
        ? new Answer(status, headers, new Body.Streamed(writer, bytes), named)
        : this;
  }

  /// Server-sent events. `opened` gets the stream, and returns what to do when the stream has
  /// ended.
  public static Answer events(Function<EventStream, Runnable> opened) {
    return new Answer(200, List.of(EVENTS, NO_STORE, VARY), new Body.Events(opened));
  }

  /// A status without a body.
  public static Answer empty(int status) {
    return new Answer(status, List.of(), NOTHING);
  }

  /// The same answer with one more header. It replaces a header of the same name.
  public Answer with(String header, String value) {
    List<HttpField> more = new ArrayList<>(headers);
    more.removeIf(one -> one.getName().equalsIgnoreCase(header));
    more.add(new HttpField(header, value));
    return new Answer(status, List.copyOf(more), body, named);
  }

  /// The same answer with one more header, beside those of that name that are there already.
  public Answer and(String header, String value) {
    List<HttpField> more = new ArrayList<>(headers);
    more.add(new HttpField(header, value));
    return new Answer(status, List.copyOf(more), body, named);
  }

  /// The same answer, which names what the request has made, for the record of changes.
  public Answer naming(String what) {
    return new Answer(status, headers, body, what);
  }

  /// The same answer, which names what the request has made by its id.
  public Answer naming(long id) {
    return naming(Long.toString(id));
  }

  /// The answer in the form in which it is sent: compressed if possible and accepted. Its `ETag`
  /// then becomes weak, as the bytes differ.
  Answer encoded(boolean gzip) {
    if (gzip && body instanceof Body.InPieces(ChunkedJson chunkedJson)) {
      return new Answer(status, headers, new Body.InPieces(chunkedJson.compressed()))
          .with("Content-Encoding", "gzip");
    }
    if (!gzip || !(body instanceof Body.Either(Compressed bytes)) || !bytes.worthIt()) {
      return this;
    }
    Answer packed = new Answer(status, headers, new Body.Whole(bytes.gzip()));
    for (HttpField header : headers) {
      if (header.getName().equalsIgnoreCase("ETag") && !header.getValue().startsWith("W/")) {
        packed = packed.with("ETag", "W/" + header.getValue());
      }
    }
    return packed.with("Content-Encoding", "gzip");
  }

  /// The memory that it needs until it is sent, in bytes.
  long size() {
    return switch (body) {
      case Body.Whole whole -> whole.bytes.length;
      case Body.Either(Compressed bytes) -> bytes.plain().length;
      case Body.InPieces _ -> ChunkedJson.HELD;
      case Body.Streamed(Writer _, long held) -> held;
      case Body.Events _ -> 0;
    };
  }

  /// The status code.
  public int status() {
    return status;
  }

  /// What the request has made: an id or a name; empty if it has made nothing.
  public String named() {
    return named;
  }

  List<HttpField> headers() {
    return headers;
  }

  Body body() {
    return body;
  }

  private static HttpField type(String contentType) {
    return new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, contentType);
  }
}
