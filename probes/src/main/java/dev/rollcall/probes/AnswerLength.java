package dev.rollcall.probes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.ProtocolException;

/// How long the body of an answer is, as curl finds it out: from what real servers send, not from
/// what RFC 9112 (6.3) allows alone.
///
/// Chunks go before any length. Lengths may be given several times if they agree, and one that no
/// number can hold means that the body goes on to the end of the connection.
final class AnswerLength implements ContentLengthStrategy {
  /// Taken off from the body by [ContentCodings].
  private static final Set<String> CODINGS = Set.of("", "identity", "gzip", "x-gzip", "deflate");

  /// Its first number counts.
  private static final Pattern LENGTH = Pattern.compile("\\+?(\\d+).*");

  @Override
  public long determineLength(HttpMessage answer) throws ProtocolException {
    boolean chunked = false;
    for (String coding : words(answer, "Transfer-Encoding")) {
      if (coding.equals("chunked")) {
        chunked = true;
      } else if (!CODINGS.contains(coding)) {
        throw new Unreadable(
            "the body has the transfer coding \"%s\", which is not known".formatted(coding));
      }
    }
    return chunked ? CHUNKED : length(words(answer, "Content-Length"));
  }

  private static long length(List<String> lengths) throws ProtocolException {
    if (lengths.isEmpty()) {
      return UNDEFINED;
    }
    Set<String> different = new LinkedHashSet<>(lengths);
    if (different.size() > 1) {
      throw new Unreadable(
          "the answer gives different lengths of its body: " + String.join(", ", different));
    }
    Matcher length = LENGTH.matcher(lengths.getFirst());
    if (!length.matches()) {
      throw new Unreadable("the answer's Content-Length is no number");
    }
    String digits = length.group(1);
    return digits.length() > 18 ? UNDEFINED : Long.parseLong(digits);
  }

  /// The words of a list, in lower case.
  static List<String> words(HttpMessage answer, String name) {
    List<String> words = new ArrayList<>();
    for (Header header : answer.getHeaders(name)) {
      for (String word : String.valueOf(header.getValue()).split(",", -1)) {
        words.add(word.strip().toLowerCase(Locale.ROOT));
      }
    }
    return words;
  }

  /// An answer that is HTTP but cannot be read; the message is for a person.
  static final class Unreadable extends ProtocolException {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }
}
