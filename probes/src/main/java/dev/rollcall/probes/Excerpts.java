package dev.rollcall.probes;

import dev.rollcall.probe.AnswerExcerpt;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;

/// Makes the excerpts of answers that are not as expected.
final class Excerpts {
  /// How much of a body is read: more than anybody shows, so that a secret that is cut off here is
  /// not shown.
  private static final int READ = 4 << 10;

  /// How long a failed check waits for the body.
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final String ELLIPSIS = "…";

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

  /// The headers that help to find a cause, and are not secret.
  private static final List<String> HEADERS =
      List.of(
          "Date",
          "Server",
          "Via",
          "Content-Type",
          "Content-Length",
          "Content-Encoding",
          "Cache-Control",
          "Age",
          "Retry-After",
          "X-Request-Id",
          "X-Cache");

  private Excerpts() {}

  /// The excerpt of an answer.
  static AnswerExcerpt of(ClassicHttpResponse response, HttpBody body) {
    Map<String, String> all = HttpCall.headers(response);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : HEADERS) {
      Optional.ofNullable(all.get(name)).ifPresent(value -> headers.put(name, value));
    }
    return new AnswerExcerpt(response.getCode(), headers, beginning(body));
  }

  /// The beginning of a body that nobody has read yet; empty if it does not come soon, or cannot be
  /// read. The check has failed before: why does not change.
  static HttpBody beginning(ClassicHttpResponse response, Exchange exchange) {
    exchange.progress().within(PATIENCE);
    try {
      return HttpCall.body(response, READ, exchange.memory());
    } catch (IOException e) {
      return new HttpBody(new byte[0], READ, "", Optional.empty());
    }
  }

  /// The text of a body that is not packed, without control characters.
  private static String beginning(HttpBody body) {
    if (body.unknown().isPresent()) {
      return "";
    }
    boolean cut = body.bytes().length >= READ;
    HttpBody beginning =
        cut
            ? new HttpBody(Arrays.copyOf(body.bytes(), READ), READ, body.type(), Optional.empty())
            : body;
    String text = CONTROL.matcher(beginning.text()).replaceAll("");
    return cut ? text + ELLIPSIS : text;
  }
}
