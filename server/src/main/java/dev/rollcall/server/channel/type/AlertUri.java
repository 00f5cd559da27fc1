package dev.rollcall.server.channel.type;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.httpclient.HttpClient;
import dev.rollcall.server.outbox.AskedClaim;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// The channel of the ping server's contract: `GET <uri>?name=<name>&last_ping=<Unix seconds>` for
/// a late heartbeat, and the same with `&reason=failed` for a heartbeat that reports a failure. It
/// has no notification for a recovery.
///
/// Any final status below 400 counts as delivered. Redirects are followed within the same server,
/// at most 10, and within the same 10 s; one to another server is a failure. The body of the answer
/// does not matter.
public final class AlertUri implements Channel {
  /// `type: alert-uri`, with the key `url`.
  public static final ChannelType TYPE = new Type();

  private static final String URL = "url";
  private final String name;
  private final URI uri;
  private final String receiver;
  private final HttpClient client;

  /// How its definitions are read.
  private static final class Type implements ChannelType {
    @Override
    public String name() {
      return "alert-uri";
    }

    @Override
    public Set<String> keys() {
      return Set.of(URL);
    }

    @Override
    public Set<String> secretKeys() {
      return Set.of(URL);
    }

    @Override
    public Optional<ChannelSettings> read(Fields fields) {
      Optional<Secret> url = fields.secret(URL);
      if (url.isEmpty()) {
        if (!fields.has(URL)) {
          fields.mistake(URL, "is missing: give the URL to call");
        }
        return Optional.empty();
      }
      return fields.built(
          URL,
          () -> {
            checked(url.get().reveal());
            return new Settings(url.get());
          });
    }
  }

  /// What the definition says.
  ///
  /// @param url absolute http or https
  public record Settings(Secret url) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new AlertUri(key, url.reveal(), resolver);
    }
  }

  /// @param text absolute http or https; it may contain a secret, which no message shows
  /// @throws IllegalArgumentException with a phrase that follows the text
  AlertUri(String name, String text, Resolver resolver) {
    this.name = name;
    this.uri = checked(text);
    this.receiver = HttpChannel.receiver(uri);
    this.client =
        new HttpClient(resolver, HttpClient.DEFAULT.followRedirects(true), Channel.LONGEST);
  }

  /// Checks that the text is such a URI.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text
  public static URI checked(String text) {
    try {
      URI uri = URI.create(text);
      HttpQuestion.of(uri);
      return uri;
    } catch (IllegalArgumentException e) {
      // The message of `e` may contain a secret.
      throw new IllegalArgumentException(
          "is no URL to call: give an absolute one as in https://alerts.example.org/late?key=...,"
              + " with spaces and other such characters as %20",
          null);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String receiver() {
    return receiver;
  }

  @Override
  public boolean tells(Notification.Kind kind) {
    return switch (kind) {
      case LATE, FAILED, TEST -> true;
      case DOWN, SLOW, CERTIFICATE, MANUAL, RECOVERED, SEVERAL, ABSENCE -> false;
    };
  }

  @Override
  public boolean isToldAgain() {
    return true;
  }

  @Override
  public Result send(Delivery delivery) throws InterruptedException {
    HttpQuestion question =
        HttpQuestion.of(called(delivery)).header("Idempotency-Key", header(delivery.key()));
    AskedClaim claim = new AskedClaim(delivery.claim());
    try {
      return client.send(question, claim::isHeld).map(AlertUri::result).orElseGet(claim::withheld);
    } catch (ProbeFailure e) {
      return new Result.Retry(e.reason(), Optional.empty(), true);
    }
  }

  private static Result result(HttpAnswer answer) {
    int status = answer.status();
    if (HttpClient.isRedirect(status) && answer.header("Location").isPresent()) {
      return new Result.Retry(
          "status %d leads to another server, and is not followed: give the URL it leads to"
              .formatted(status),
          Optional.empty(),
          true);
    }
    return status < 400
        ? new Result.Sent()
        : new Result.Retry(
            "status %d (expected below 400)".formatted(status),
            HttpClient.retryAfter(answer, Instant.now()),
            !answers(status));
  }

  /// Whether the receiver itself answered, so that it may accept other notifications.
  private static boolean answers(int status) {
    return switch (status) {
      case 429, 502, 503, 504 -> false;
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
            + PercentEncoding.encode(delivery.message().name())
            + "&last_ping="
            + delivery.message().lastHeard().getEpochSecond()
            + (delivery.kind() == Notification.Kind.FAILED ? "&reason=failed" : ""));
  }

  /// A key in a header: visible ASCII, otherwise percent-encoded.
  private static String header(String key) {
    return key.chars().allMatch(c -> c > ' ' && c < 127) ? key : PercentEncoding.encode(key);
  }

  @Override
  public void close() {
    client.close();
  }
}
