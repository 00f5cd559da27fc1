package dev.rollcall.probes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hc.client5.http.entity.DeflateInputStream;
import org.apache.hc.core5.http.HttpMessage;
import org.brotli.dec.BrotliInputStream;

/// What a body was packed with: by itself (`Content-Encoding`, RFC 9110, 8.4.1) and for the way
/// (`Transfer-Encoding`). No check asks for it, but there are servers that pack all the same.
///
/// @param outermost what was put on last first
/// @param unknown the one that cannot be taken off: the body is then read as it came, as browsers
///   do (`Content-Encoding: utf-8` is not rare)
record ContentCodings(List<String> outermost, Optional<String> unknown) {
  private static final Set<String> KNOWN = Set.of("gzip", "x-gzip", "deflate", "br");
  private static final Set<String> NONE = Set.of("", "identity", "chunked");

  static ContentCodings of(HttpMessage answer) {
    List<String> codings = new ArrayList<>(AnswerLength.words(answer, "Content-Encoding"));
    codings.addAll(AnswerLength.words(answer, "Transfer-Encoding"));
    codings.removeIf(NONE::contains);
    Collections.reverse(codings);
    return new ContentCodings(
        codings,
        codings.stream().filter(coding -> !KNOWN.contains(coding) || !here(coding)).findFirst());
  }

  /// Whether what takes `coding` off is on the class path.
  private static boolean here(String coding) {
    return !coding.equals("br") || Brotli.HERE;
  }

  /// The body inside of `body`. Closing it gives back what unpacking takes, and leaves `body` open.
  InputStream inside(InputStream body) throws IOException {
    InputStream inside = new Unclosed(body);
    if (unknown.isPresent()) {
      return inside;
    }
    for (String coding : outermost) {
      PushbackInputStream begun = new PushbackInputStream(inside);
      int first = begun.read();
      if (first < 0) {
        return begun; // Nothing, which is nothing in every coding.
      }
      begun.unread(first);
      inside =
          switch (coding) {
            case "deflate" -> new DeflateInputStream(begun);
            case "br" -> Brotli.inside(begun);
            default -> new GZIPInputStream(begun);
          };
    }
    return inside;
  }

  /// HttpClient reads all the rest of a body that is closed.
  private static final class Unclosed extends FilterInputStream {
    Unclosed(InputStream body) {
      super(body);
    }

    @Override
    public void close() {
      // Whoever asked closes the answer.
    }
  }

  /// The only class that needs Google's Brotli decoder, which is optional.
  private static final class Brotli {
    static final boolean HERE = here();

    private static boolean here() {
      try {
        Class.forName("org.brotli.dec.BrotliInputStream");
        return true;
      } catch (ClassNotFoundException e) {
        return false;
      }
    }

    static InputStream inside(InputStream body) throws IOException {
      try {
        return new Decoded(new BrotliInputStream(body));
      } catch (IOException e) {
        throw broken(e);
      }
    }

    private static ZipException broken(IOException e) {
      ZipException broken = new ZipException("not in Brotli format");
      broken.initCause(e);
      return broken;
    }

    /// Fails as the JDK's own do.
    private static final class Decoded extends FilterInputStream {
      Decoded(BrotliInputStream in) {
        super(in);
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
          return super.read(bytes, offset, length);
        } catch (IOException e) {
          throw broken(e);
        }
      }
    }
  }
}
