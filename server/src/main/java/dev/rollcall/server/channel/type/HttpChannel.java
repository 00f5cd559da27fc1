package dev.rollcall.server.channel.type;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Authority;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.TextChannel;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.httpclient.HttpClient;
import dev.rollcall.server.httpclient.UrlSecrets;
import dev.rollcall.server.outbox.AskedClaim;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A channel that sends one HTTP request for each notification, which its type makes.
///
/// A status 2xx is delivered. 408, 429 and 5xx are tried again, when the receiver wants it
/// (`Retry-After`). Others are final, and what the receiver said is the reason. Redirects are not
/// followed.
final class HttpChannel implements TextChannel {
  /// What is shown of an answer, in characters.
  private static final int LONGEST_SAID = 500;

  private static final int LONGEST_RECEIPT = 500;

  /// The body of an answer that is read, in bytes: some receivers repeat the message in it.
  private static final int BODY = 64 * 1024;

  /// For the second request of a notification, within [Channel#LONGEST].
  private static final Duration LONGEST_EDIT = Duration.ofSeconds(3);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final URI uri;
  private final List<Secret> secrets;
  private final Form form;
  private final HttpClient client;
  private final HttpClient editing;

  /// What a type of receiver wants to get, and what its answers mean.
  @FunctionalInterface
  interface Form {
    /// The request that tells this.
    ///
    /// @param uri of the receiver
    HttpQuestion request(URI uri, Delivery delivery, AlertText text);

    /// Whether the receiver keeps incidents itself: see [Channel#keepsIncidents].
    default boolean keepsIncidents() {
      return false;
    }

    /// The meaning of an answer with a status 2xx: some receivers refuse in the body, some return
    /// the id of the message, which is the receipt.
    ///
    /// @param said the answer in one line without secrets: `status 200: ok`
    default Result accepted(HttpAnswer answer, String said) {
      return new Result.Sent(said, Optional.empty());
    }

    /// How long the body of an answer asks to wait, where the receiver has no `Retry-After`.
    default Optional<Duration> pause(JsonNode body) {
      return Optional.empty();
    }

    /// The request that changes the first message about the incident, once the end has been told.
    /// Nobody is told by it, so it does not matter whether it succeeds.
    ///
    /// @param first what the receiver returned for that message
    default Optional<HttpQuestion> edit(URI uri, Delivery delivery, AlertText text, String first) {
      return Optional.empty();
    }
  }

  /// @param name of the channel in the outbox
  /// @param uri of the receiver; it may contain a secret, which no message shows
  /// @param secrets what else no message shows, if the receiver repeats it
  HttpChannel(String name, URI uri, List<Secret> secrets, Form form, Resolver resolver) {
    this.name = name;
    this.uri = uri;
    this.secrets = List.copyOf(secrets);
    this.form = form;
    this.client = new HttpClient(resolver, HttpClient.DEFAULT.bodyLimit(BODY), LONGEST);
    this.editing = new HttpClient(resolver, HttpClient.DEFAULT, LONGEST_EDIT);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String receiver() {
    return receiver(uri);
  }

  /// Host and port.
  static String receiver(URI uri) {
    boolean tls = uri.getScheme().toLowerCase(Locale.ROOT).equals("https");
    return Authority.of(uri, tls ? 443 : 80).toString();
  }

  @Override
  public boolean tells(Notification.Kind kind) {
    return kind != Notification.Kind.ABSENCE || !keepsIncidents(); // it would never end there
  }

  @Override
  public boolean keepsIncidents() {
    return form.keepsIncidents();
  }

  @Override
  public Result send(Delivery delivery, AlertText text) throws InterruptedException {
    HttpQuestion request = form.request(uri, delivery, text);
    AskedClaim claim = new AskedClaim(delivery.claim());
    long began = System.nanoTime();
    try {
      Result result =
          client
              .send(request, claim::isHeld)
              .map(answer -> result(answer, UrlSecrets.of(request.uri())))
              .orElseGet(claim::withheld);
      Duration left = LONGEST.minusNanos(System.nanoTime() - began);
      if (result instanceof Result.Sent && text.over() && left.compareTo(LONGEST_EDIT) > 0) {
        edit(delivery, text);
      }
      return result;
    } catch (ProbeFailure e) {
      return new Result.Retry(e.reason(), Optional.empty(), true);
    }
  }

  private void edit(Delivery delivery, AlertText text) throws InterruptedException {
    Optional<HttpQuestion> request =
        delivery.first().flatMap(first -> form.edit(uri, delivery, text, first));
    if (request.isPresent()) {
      try {
        var _ = editing.send(request.get(), delivery.claim()::isHeld);
      } catch (ProbeFailure e) {
        // the end itself has been told
      }
    }
  }

  private Result result(HttpAnswer answer, UrlSecrets ofUrl) {
    int status = answer.status();
    String said = "status " + status + said(answer, ofUrl);
    if (status >= 200 && status < 300) {
      return form.accepted(answer, said);
    }
    if (HttpClient.isRedirect(status)) {
      return new Result.Refused(
          "status %d leads elsewhere, and is not followed: give the URL it leads to"
              .formatted(status));
    }
    boolean again = status == 408 || status == 429 || status >= 500;
    return again ? retry(said, answer) : new Result.Refused(said);
  }

  private String said(HttpAnswer answer, UrlSecrets ofUrl) {
    String body = AlertText.line(hidden(ofUrl.hide(answer.body())));
    return body.isEmpty() ? "" : ": " + AlertText.cut(body, LONGEST_SAID);
  }

  private String hidden(String text) {
    String shown = text;
    for (Secret secret : secrets) {
      shown = shown.replace(secret.reveal(), "***");
    }
    return shown;
  }

  /// 500 may be about this notification alone.
  private Result retry(String reason, HttpAnswer answer) {
    Optional<Duration> after =
        HttpClient.retryAfter(answer, Instant.now()).or(() -> form.pause(body(answer)));
    return new Result.Retry(reason, after, answer.status() != 500);
  }

  /// A request with a JSON body.
  static HttpQuestion json(URI uri, JsonNode body) {
    return HttpQuestion.of(uri)
        .method("POST")
        .header("Content-Type", "application/json")
        .body(body.toString());
  }

  /// The body of an answer; missing if it is no JSON.
  static JsonNode body(HttpAnswer answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  /// The value at a place in the body of an answer, as a receipt.
  ///
  /// @param at a JSON Pointer (RFC 6901): `/result/message_id`
  static Optional<String> receipt(HttpAnswer answer, String at) {
    return Optional.of(body(answer).at(at).asString(""))
        .filter(id -> !id.isEmpty() && id.length() <= LONGEST_RECEIPT);
  }

  /// A duration that a receiver gives as a number of units of so many milliseconds.
  static Optional<Duration> pause(JsonNode number, int millis) {
    return number.isNumber()
        ? Optional.of(Duration.ofMillis((long) Math.ceil(number.doubleValue() * millis)))
        : Optional.empty();
  }

  /// The key of the incident that a delivery is about: the same for its beginning and its end, and
  /// another one for each incident, also of other servers. Letters, digits and hyphens. Empty for
  /// what is about none.
  static Optional<String> incidentKey(Delivery delivery) {
    return delivery
        .message()
        .incident()
        .map(incident -> "rollcall-" + incident.id() + "-" + incident.began().getEpochSecond());
  }

  /// The same for each attempt of a delivery, and different for others.
  static String attemptKey(Delivery delivery) {
    return UUID.nameUUIDFromBytes(delivery.key().getBytes(UTF_8)).toString();
  }

  @Override
  public void close() {
    client.close();
    editing.close();
  }
}
