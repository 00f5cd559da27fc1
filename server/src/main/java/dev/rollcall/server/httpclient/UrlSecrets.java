package dev.rollcall.server.httpclient;

import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What may be secret in a URL that somebody gave to us, as the URL of a webhook is: the values of
/// the query and long segments of the path, as they are and decoded. Texts of the other side may
/// repeat them, so they are hidden before they are shown.
public final class UrlSecrets {
  private static final int SHORTEST_VALUE = 4;
  private static final int SHORTEST_SEGMENT = 8;

  /// The longest first, because a shorter one may be a part of it.
  private final List<String> secrets;

  private UrlSecrets(List<String> secrets) {
    this.secrets = secrets;
  }

  /// The secrets of this URL.
  public static UrlSecrets of(URI uri) {
    Stream<String> values =
        Stream.of(Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1))
            .map(parameter -> parameter.substring(parameter.indexOf('=') + 1))
            .filter(value -> value.length() >= SHORTEST_VALUE);
    Stream<String> segments =
        Stream.of(Objects.requireNonNullElse(uri.getRawPath(), "").split("/", -1))
            .filter(segment -> segment.length() >= SHORTEST_SEGMENT);
    return new UrlSecrets(
        Stream.concat(values, segments)
            .flatMap(
                raw ->
                    Stream.of(
                        raw,
                        URLDecoder.decode(raw, StandardCharsets.UTF_8),
                        URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8)))
            .distinct()
            .sorted(Comparator.comparing(String::length).reversed())
            .toList());
  }

  /// The text with `***` for each of them.
  public String hide(String text) {
    String shown = text;
    for (String secret : secrets) {
      shown =
          Pattern.compile(secret, Pattern.LITERAL | Pattern.CASE_INSENSITIVE)
              .matcher(shown)
              .replaceAll("***");
    }
    return shown;
  }

  /// The failure with a reason that shows none of them.
  ProbeFailure hide(ProbeFailure failure) {
    String shown = hide(failure.reason());
    if (failure.isHere()) {
      return ProbeFailure.here(shown);
    }
    return failure.answered() ? ProbeFailure.answered(shown) : new ProbeFailure(shown);
  }
}
