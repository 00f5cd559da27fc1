package dev.rollcall.server.outbox;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Authority;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.HttpAsker;
import dev.rollcall.probes.HttpProbe;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.HttpSettings;
import dev.rollcall.probes.Resolver;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The channel of the ping server: `GET <uri>?name=<name>&last_ping=<Unix seconds>` for a heartbeat
/// that is late, and the same with `&reason=failed` for one that calls in and says that it failed.
/// It knows no recovery.
///
/// A payload has `name` and `last_ping`. Any final status below 400 is an arrival. Redirects are
/// followed as checks follow them: 10 at most, in the same 10 s, nothing secret in a header along
/// to another origin. At most 4 KiB of the answer's body are read, and nothing in it counts.
public final class AlertUri implements Channel {
  private static final String NAME = "alert-uri";
  private static final String FAILED = "failed";
  private static final int SHORTEST_VALUE = 4;
  private static final int SHORTEST_SEGMENT = 8;
  private static final int BODY = 4 * 1024;

  private final URI uri;
  private final String receiver;
  private final List<String> secrets;
  private final HttpAsker asker;

  /// @param text absolute http or https; there may be a secret in it, which no message shows
  /// @throws IllegalArgumentException in a phrase that goes on after the text
  public AlertUri(String text) {
    this.uri = checked(text);
    int standard = uri.getScheme().toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
    this.receiver = Authority.of(uri, standard).toString();
    this.secrets = secrets(uri);
    this.asker = new HttpAsker(new Dialer(Resolver.system()));
  }

  /// Whether the text is such a URI.
  ///
  /// @throws IllegalArgumentException in a phrase that goes on after the text
  public static URI checked(String text) {
    try {
      URI uri = URI.create(text);
      HttpQuestion.of(uri);
      return uri;
    } catch (IllegalArgumentException e) {
      // Its own message may show what is secret.
      throw new IllegalArgumentException(
          "is no URL to call: give an absolute one as in https://alerts.example.org/late?key=...,"
              + " with spaces and other such characters as %20",
          null);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String receiver() {
    return receiver;
  }

  @Override
  public boolean tells(String kind) {
    return kind.equals("late") || kind.equals(FAILED);
  }

  @Override
  public Result send(Delivery delivery) throws InterruptedException {
    HttpQuestion question =
        HttpQuestion.of(called(delivery))
            .header("Idempotency-Key", header(delivery.key()))
            .settings(HttpSettings.DEFAULT.bodyLimit(BODY));
    Attempt attempt = Attempt.within(LONGEST);
    try {
      new HttpProbe(NAME, question, asker).check(attempt);
      return new Result.Sent();
    } catch (ProbeFailure e) {
      int status = attempt.status().orElse(0);
      if (status >= 200 && status < 300) {
        return new Result.Sent(); // only the body was not to its liking
      }
      return new Result.Retry(hidden(e.reason()), Optional.empty(), !answers(status));
    }
  }

  /// A reason without what may be secret in the URI, in case that the receiver repeats it.
  private String hidden(String reason) {
    String shown = reason;
    for (String secret : secrets) {
      shown =
          Pattern.compile(secret, Pattern.LITERAL | Pattern.CASE_INSENSITIVE)
              .matcher(shown)
              .replaceAll("***");
    }
    return shown;
  }

  /// The values of a query, and what is as long as a key in a path, as they stand there and
  /// decoded; the longest first.
  private static List<String> secrets(URI uri) {
    Stream<String> values =
        Stream.of(Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1))
            .map(parameter -> parameter.substring(parameter.indexOf('=') + 1))
            .filter(value -> value.length() >= SHORTEST_VALUE);
    Stream<String> segments =
        Stream.of(Objects.requireNonNullElse(uri.getRawPath(), "").split("/", -1))
            .filter(segment -> segment.length() >= SHORTEST_SEGMENT);
    return Stream.concat(values, segments)
        .flatMap(
            raw ->
                Stream.of(
                    raw,
                    URLDecoder.decode(raw, StandardCharsets.UTF_8),
                    URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8)))
        .distinct()
        .sorted(Comparator.comparing(String::length).reversed())
        .toList();
  }

  /// Whether somebody answers who might take other news.
  private static boolean answers(int status) {
    return switch (status) {
      case 0, 429, 502, 503, 504 -> false;
      default -> true;
    };
  }

  URI called(Delivery delivery) {
    String text = uri.toString();
    int fragment = text.indexOf('#');
    String base = fragment < 0 ? text : text.substring(0, fragment);
    int query = base.indexOf('?');
    String joint = "&";
    if (query < 0) {
      joint = "?";
    } else if (query == base.length() - 1 || base.endsWith("&")) {
      joint = "";
    }
    return URI.create(
        base
            + joint
            + "name="
            + encoded(delivery.payload().path("name").asString(""))
            + "&last_ping="
            + delivery.payload().path("last_ping").asLong(0)
            + (delivery.kind().equals(FAILED) ? "&reason=" + FAILED : ""));
  }

  /// As in RFC 3986: what is not unreserved as the bytes of its UTF-8, a space not as a plus.
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  /// A key as a header carries it: visible ASCII, the rest percent-encoded.
  private static String header(String key) {
    return key.chars().allMatch(c -> c > ' ' && c < 127) ? key : encoded(key);
  }

  @Override
  public void close() {
    asker.close();
  }
}
