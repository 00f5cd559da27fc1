package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One request of HTTP 1.0 on an open connection, for servers that speak HTTP on connections no
/// HTTP client can open, or of which a status and a few words are wanted. By its version the answer
/// comes whole, and ends with the connection.
final class PlainHttp {
  private static final int MOST_READ = 64 << 10;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})\\b");
  private static final Pattern WHY =
      Pattern.compile("\"(?:reason|message|error)\" ?: ?\"((?:[^\"\\\\]|\\\\.)+)\"");

  private PlainHttp() {}

  /// What came back.
  ///
  /// @param body its first 64 KiB
  record Reply(int status, String body) {
    /// What the server gives as reason in a JSON body, or the status alone.
    String why() {
      Matcher why = WHY.matcher(body);
      return why.find() ? why.group(1) : "status " + status;
    }
  }

  /// Sends a request, with `body` as JSON where it is not empty.
  static Reply ask(
      OutputStream out, InputStream in, String method, String host, String path, String body)
      throws IOException, ProbeFailure {
    return ask(out, in, method, host, path, "", body);
  }

  /// The same, with `headers`, each with its line end.
  static Reply ask(
      OutputStream out,
      InputStream in,
      String method,
      String host,
      String path,
      String headers,
      String body)
      throws IOException, ProbeFailure {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String more =
        content.length == 0
            ? ""
            : "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(content.length);
    String head =
        "%s %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: Rollcall\r\nAccept: application/json\r\n%s\r\n"
            .formatted(method, path, host, headers + more);
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.write(content);
    out.flush();
    String answer = new String(in.readNBytes(MOST_READ), StandardCharsets.UTF_8);
    if (answer.isEmpty()) {
      throw new EOFException();
    }
    Matcher status = STATUS_LINE.matcher(answer);
    int end = answer.indexOf("\r\n\r\n");
    if (!status.lookingAt() || end < 0) {
      throw ProbeFailure.answered("query: the answer is no HTTP");
    }
    return new Reply(Integer.parseInt(status.group(1)), answer.substring(end + 4));
  }
}
