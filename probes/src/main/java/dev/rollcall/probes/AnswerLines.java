package dev.rollcall.probes;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.LazyLaxLineParser;
import org.apache.hc.core5.http.message.StatusLine;
import org.apache.hc.core5.util.CharArrayBuffer;

/// The lines of an answer's header as curl takes them, beyond what HttpClient does: a status line
/// in small letters or of HTTP/2, which programs write by hand, and a header without a name.
final class AnswerLines extends LazyLaxLineParser {
  private static final Pattern STATUS =
      Pattern.compile(
          "HTTP/(1\\.\\d|2(?:\\.0)?) +([1-9]\\d\\d)(?: .*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  @Override
  public StatusLine parseStatusLine(CharArrayBuffer line) throws ParseException {
    Matcher matcher = STATUS.matcher(line);
    if (!matcher.matches()) {
      throw new ParseException("no status line");
    }
    return new StatusLine(
        matcher.group(1).equals("1.0") ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1,
        Integer.parseInt(matcher.group(2)),
        "");
  }

  @Override
  public Header parseHeader(CharArrayBuffer line) throws ParseException {
    return !line.isEmpty() && line.charAt(0) == ':'
        ? new BasicHeader("", line.substringTrimmed(1, line.length()))
        : super.parseHeader(line);
  }
}
