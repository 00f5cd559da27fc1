package dev.rollcall.probes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.io.HttpMessageWriter;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.http.message.BasicLineFormatter;
import org.apache.hc.core5.http.message.RequestLine;
import org.apache.hc.core5.util.CharArrayBuffer;

/// Writes the header of a request. HttpCore writes `?` for the bytes 0x80 to 0x9f; but a cookie
/// goes back as it came, byte by byte, as curl and browsers send it.
final class RequestLines implements HttpMessageWriter<ClassicHttpRequest> {
  private final HttpMessageWriter<ClassicHttpRequest> usual;

  /// @param usual writes all others
  private RequestLines(HttpMessageWriter<ClassicHttpRequest> usual) {
    this.usual = usual;
  }

  static HttpMessageWriter<ClassicHttpRequest> create(Http1Config config) {
    return new RequestLines(new DefaultHttpRequestWriterFactory(config).create());
  }

  @Override
  public void write(ClassicHttpRequest request, SessionOutputBuffer buffer, OutputStream out)
      throws IOException, HttpException {
    if (!isRaw(request)) {
      usual.write(request, buffer, out);
      return;
    }
    CharArrayBuffer line = new CharArrayBuffer(128);
    BasicLineFormatter.INSTANCE.formatRequestLine(line, new RequestLine(request));
    write(line, buffer, out);
    for (Header header : request.getHeaders()) {
      BasicLineFormatter.INSTANCE.formatHeader(line, header);
      write(line, buffer, out);
    }
    write(line, buffer, out);
  }

  private static void write(CharArrayBuffer line, SessionOutputBuffer buffer, OutputStream out)
      throws IOException {
    line.append("\r\n");
    byte[] bytes = line.toString().getBytes(StandardCharsets.ISO_8859_1);
    buffer.write(bytes, out);
    line.clear();
  }

  private static boolean isRaw(ClassicHttpRequest request) {
    for (Header header : request.getHeaders()) {
      String value = header.getValue();
      for (int i = 0; value != null && i < value.length(); i++) {
        char c = value.charAt(i);
        if (c >= 0x80 && c <= 0x9f) {
          return true;
        }
      }
    }
    return false;
  }
}
