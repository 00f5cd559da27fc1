package dev.rollcall.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// The body of a request, bounded before decompression and after it: what is declared is compared
/// with the limit before a byte is read, what is chunked is counted as it comes.
final class RequestBody {
  private final ServerRequest request;
  private final int limit;
  private @Nullable InputStream raw;
  private boolean broken;

  RequestBody(ServerRequest request, int limit) {
    this.request = request;
    this.limit = limit;
  }

  /// @throws Refusal (413) where the body says by itself that it is too large
  void checkDeclared() {
    if (limit != Route.ANY_BODY && declared() > limit) {
      throw tooLarge();
    }
  }

  InputStream open() {
    Headers headers = request.headers();
    if (!headers.contains(HeaderNames.CONTENT_ENCODING)) {
      return raw();
    }
    String encoding = headers.get(HeaderNames.CONTENT_ENCODING).get().toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "identity" -> raw();
      case "gzip" -> new Bounded(gunzip());
      default ->
          throw Refusal.of(
                  415,
                  "Content-Encoding '" + encoding + "' is not understood: send gzip or nothing")
              .with("Accept-Encoding", "gzip");
    };
  }

  /// Reads what is left of it, up to the limit, or to the largest that any body has.
  ///
  /// @return false where more may come, so that the connection cannot serve another request
  boolean skipRest() {
    if (!present()) {
      return true;
    }
    int most = Math.min(limit, Route.LARGEST_BODY);
    if (broken || declared() > most || expectsContinue()) {
      return false;
    }
    try {
      byte[] bin = new byte[8192];
      int left = most;
      for (int count = 0; count >= 0; count = raw().read(bin)) {
        left -= count;
        if (left < 0) {
          return false;
        }
      }
      return true;
    } catch (Refusal | IOException e) {
      return false;
    }
  }

  private boolean expectsContinue() {
    return raw == null && request.headers().contains(HeaderNames.EXPECT);
  }

  private boolean present() {
    return declared() > 0 || request.headers().contains(HeaderNames.TRANSFER_ENCODING);
  }

  private long declared() {
    return request.headers().contentLength().orElse(0);
  }

  private InputStream raw() {
    InputStream stream = raw;
    if (stream == null) {
      stream =
          present() ? new Bounded(request.content().inputStream()) : InputStream.nullInputStream();
      raw = stream;
    }
    return stream;
  }

  private InputStream gunzip() {
    try {
      return new GZIPInputStream(raw());
    } catch (IOException e) {
      throw notGzip(e);
    }
  }

  private static Refusal notGzip(IOException e) {
    return Refusal.badRequest(
        "the body is not the gzip data that Content-Encoding states: " + e.getMessage());
  }

  private Refusal tooLarge() {
    return Refusal.of(413, "the body is larger than the " + limit + " bytes taken here");
  }

  /// Counts what passes. Never skips by the stream beneath: what is skipped counts as well.
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
      } catch (NumberFormatException | DataReader.IncorrectNewLineException e) {
        // Helidon lets these out where the size of a chunk is none
        broken = true;
        throw Refusal.badRequest("the body is not chunked as Transfer-Encoding states");
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
