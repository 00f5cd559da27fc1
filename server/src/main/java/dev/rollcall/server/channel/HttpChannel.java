package dev.rollcall.server.channel;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Authority;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.httpclient.HttpClient;
import dev.rollcall.server.httpclient.UrlSecrets;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A channel that sends one HTTP request for each notification, which its type makes.
///
/// A status 2xx is delivered. 408, 429 and 5xx are tried again, when the receiver wants it
/// (`Retry-After`). Others are final, and what the receiver said is the reason. Redirects are not
/// followed.
final class HttpChannel implements Channel {
  private static final int LONGEST_REASON = 300;

  /// The body of an answer that is read, in bytes.
  private static final int BODY = 16 * 1024;

  private final String name;
  private final URI uri;
  private final List<Secret> secrets;
  private final Form form;
  private final HttpClient client;
  private boolean keepsIncidents;

  /// What a type of receiver wants to get.
  @FunctionalInterface
  interface Form {
    /// The request that tells this.
    ///
    /// @param uri of the receiver
    HttpQuestion request(URI uri, Delivery delivery, AlertText text);

    /// The meaning of an answer with a status 2xx: some receivers refuse in the body.
    default Result accepted(HttpAnswer answer) {
      return new Result.Sent();
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
    return true;
  }

  @Override
  public boolean keepsIncidents() {
    return keepsIncidents;
  }

  /// The same channel, to a receiver that keeps incidents itself.
  HttpChannel keepingIncidents() {
    keepsIncidents = true;
    return this;
  }

  @Override
  public Result send(Delivery delivery) throws InterruptedException {
    HttpQuestion request = form.request(uri, delivery, AlertText.of(delivery));
    try {
      return result(client.send(request), UrlSecrets.of(request.uri()));
    } catch (ProbeFailure e) {
      return new Result.Retry(e.reason(), Optional.empty(), true);
    }
  }

  private Result result(HttpAnswer answer, UrlSecrets ofUrl) {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return form.accepted(answer);
    }
    if (HttpClient.isRedirect(status)) {
      return new Result.Refused(
          "status %d leads elsewhere, and is not followed: give the URL it leads to"
              .formatted(status));
    }
    String said = AlertText.line(hidden(ofUrl.hide(answer.body())));
    String reason =
        "status " + status + (said.isEmpty() ? "" : ": " + AlertText.cut(said, LONGEST_REASON));
    boolean again = status == 408 || status == 429 || status >= 500;
    return again ? retry(reason, answer) : new Result.Refused(reason);
  }

  private String hidden(String text) {
    String shown = text;
    for (Secret secret : secrets) {
      shown = shown.replace(secret.reveal(), "***");
    }
    return shown;
  }

  /// 500 may be about this notification alone.
  private static Result retry(String reason, HttpAnswer answer) {
    Optional<Duration> after = HttpClient.retryAfter(answer, Instant.now());
    return new Result.Retry(reason, after, answer.status() != 500);
  }

  /// A request with a JSON body.
  static HttpQuestion json(URI uri, JsonNode body) {
    return HttpQuestion.of(uri)
        .method("POST")
        .header("Content-Type", "application/json")
        .body(body.toString());
  }

  /// Reads the URL of a receiver. Its path or query may be a secret.
  ///
  /// @param usual where it is if the key is missing; empty: it has to be there
  static Optional<URI> url(Fields fields, String key, Optional<String> usual) {
    Optional<Secret> url = fields.secret(key);
    if (url.isPresent()) {
      return fields.built(key, () -> AlertUri.checked(url.get().reveal().strip()));
    }
    if (!fields.has(key) && usual.isEmpty()) {
      fields.mistake(key, "is missing: give the URL that the receiver has for this");
    }
    return usual.filter(_ -> !fields.has(key)).map(URI::create);
  }

  @Override
  public void close() {
    client.close();
  }
}
