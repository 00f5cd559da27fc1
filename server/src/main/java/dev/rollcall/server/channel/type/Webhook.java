package dev.rollcall.server.channel.type;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.channel.message.MessageDocument;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// `type: webhook`: a JSON document to any URL, signed as Standard Webhooks has it.
///
/// Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
final class Webhook implements ChannelType {
  private static final String URL = "url";
  private static final String SECRET = "secret";
  private static final String METHOD = "method";
  private static final String HEADERS = "headers";
  private static final String PREFIX = "whsec_";
  private static final String CONTENT_TYPE = "Content-Type";
  private static final String JSON = "application/json";
  private static final int LONGEST_BODY = 60_000;

  /// Shorter values of headers are words.
  private static final int SHORTEST_SECRET = 8;

  private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

  /// What the request itself needs.
  private static final Set<String> OURS =
      Set.of(
          "content-length",
          "transfer-encoding",
          "host",
          "webhook-id",
          "webhook-timestamp",
          "webhook-signature");

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL, SECRET, METHOD, HEADERS);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(URL, SECRET, HEADERS);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.url(fields, URL, Optional.empty());
    Optional<Secret> secret = fields.secret(SECRET);
    secret
        .filter(text -> key(text).isEmpty())
        .ifPresent(
            _ ->
                fields.mistake(
                    SECRET,
                    "is no key: give whsec_ and 24 to 64 bytes in Base64, as `echo"
                        + " whsec_$(openssl rand -base64 32)` prints"));
    String method = fields.text(METHOD).orElse("POST").toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      fields.mistake(METHOD, method, "is none of POST, PUT and PATCH");
    }
    Map<String, String> headers = new TreeMap<>();
    fields
        .texts(HEADERS)
        .forEach(
            (name, value) -> {
              headers.put(name, value);
              if (!HEADER.matcher(name).matches() || OURS.contains(name.toLowerCase(Locale.ROOT))) {
                fields.mistake(HEADERS, name, "is no header that can be set here");
              } else if (!value.matches("[\\t -~]{0,4000}")) {
                fields.mistake(HEADERS, name, "has a value that no header can have");
              }
            });
    return fields.wrong() || url.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), secret, method, headers));
  }

  private static Optional<byte[]> key(Secret secret) {
    try {
      String text = secret.reveal().strip();
      return Optional.of(text)
          .filter(one -> one.startsWith(PREFIX))
          .map(one -> Base64.getDecoder().decode(one.substring(PREFIX.length())))
          .filter(bytes -> bytes.length >= 24 && bytes.length <= 64);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// @param secret that the signature is made with
  record Settings(URI url, Optional<Secret> secret, String method, Map<String, String> headers)
      implements ChannelSettings {
    Settings {
      headers = Map.copyOf(headers);
    }

    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, secrets(), this::request, resolver);
    }

    @Override
    public String shown(Delivery delivery, AlertText text) {
      return text.body().orElseGet(() -> MessageDocument.of(delivery, text).toPrettyString());
    }

    /// By the header `Content-Type`.
    @Override
    public Optional<Markup> markup() {
      String type =
          headers.entrySet().stream()
              .filter(header -> header.getKey().equalsIgnoreCase(CONTENT_TYPE))
              .map(header -> header.getValue().replaceFirst(";.*", "").strip())
              .findFirst()
              .orElse(JSON)
              .toLowerCase(Locale.ROOT);
      if (type.endsWith("json")) {
        return Optional.of(Markup.json(LONGEST_BODY));
      }
      if (type.endsWith("html") || type.endsWith("xml")) {
        return Optional.of(Markup.html(LONGEST_BODY));
      }
      return Optional.of(
          type.equals("application/x-www-form-urlencoded")
              ? new Markup(LONGEST_BODY, PercentEncoding::encode)
              : Markup.plain(LONGEST_BODY));
    }

    private List<Secret> secrets() {
      return headers.values().stream()
          .filter(value -> value.length() >= SHORTEST_SECRET)
          .map(Secret::new)
          .toList();
    }

    private HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      String body = text.body().orElseGet(() -> MessageDocument.of(delivery, text).toString());
      String id = "msg_" + UUID.nameUUIDFromBytes(delivery.key().getBytes(UTF_8));
      long now = Instant.now().getEpochSecond();
      HttpQuestion request =
          HttpQuestion.of(uri)
              .method(method)
              .header(CONTENT_TYPE, JSON)
              .header("webhook-id", id)
              .header("webhook-timestamp", Long.toString(now))
              .body(body);
      for (Map.Entry<String, String> header : headers.entrySet()) {
        boolean type = header.getKey().equalsIgnoreCase(CONTENT_TYPE);
        request = request.header(type ? CONTENT_TYPE : header.getKey(), header.getValue());
      }
      Optional<byte[]> key = secret.flatMap(Webhook::key);
      return key.isEmpty()
          ? request
          : request.header(
              "webhook-signature", "v1," + signature(key.get(), id + "." + now + "." + body));
    }
  }

  private static String signature(byte[] key, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(content.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC with SHA-256 is missing in this JDK", e);
    }
  }
}
