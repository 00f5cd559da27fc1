package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.AddressText;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.time.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads services from `services:` of `rollcall.yaml` and from the bodies of `POST` and `PATCH`,
/// with the same keys, rules and messages.
public final class ServiceReader {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(200);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(366);
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
  private static final int LONGEST_NAME = 255;
  private static final int MOST_CONFIRMATIONS = 100;

  /// The values of services that set none.
  ///
  /// @param certificateWarning a certificate that ends within this time is warned of
  public record Defaults(
      Duration interval, Duration timeout, boolean keepAlive, Duration certificateWarning) {}

  private final Defaults defaults;
  private final boolean tolerant;

  /// What services of accounts may be; empty for services of the operator.
  private final Optional<AccountLimits> accounts;

  public ServiceReader(Defaults defaults) {
    this(defaults, false, Optional.empty());
  }

  private ServiceReader(Defaults defaults, boolean tolerant, Optional<AccountLimits> accounts) {
    this.defaults = defaults;
    this.tolerant = tolerant;
    this.accounts = accounts;
  }

  /// The same reader, but it accepts services whose `tls` files cannot be used at present. Such a
  /// service is unknown, and all others are checked.
  public ServiceReader tolerant() {
    return new ServiceReader(defaults, true, accounts);
  }

  /// The same reader for services of accounts: those may be checked over HTTP and as ports only, at
  /// most every ten seconds, without files of this server, and no longer than 4,096 characters.
  ///
  /// @param reach whether a URL may lead to its host; what a name leads to is decided when it is
  ///   looked up
  public ServiceReader ofAccounts(Predicate<URI> reach) {
    return new ServiceReader(defaults, tolerant, Optional.of(new AccountLimits(reach)));
  }

  /// Reads a list of services with different names. A boolean or number may be a text, as it is if
  /// it comes from a variable or a file.
  ///
  /// @param path the path of the list in mistakes: `services`
  public List<ServiceDefinition> list(JsonNode services, String path, Mistakes mistakes) {
    if (services.isNull() || services.isMissingNode()) {
      return List.of();
    }
    if (!services.isArray()) {
      mistakes.add(path, "is no list: write one `- name: ...` for each service");
      return List.of();
    }
    List<ServiceDefinition> read = new ArrayList<>(services.size());
    Map<String, String> places = new HashMap<>();
    for (int i = 0; i < services.size(); i++) {
      String place = path + "[" + i + "]";
      one(TypedTexts.in(services.get(i)), place, mistakes).ifPresent(read::add);
      String name = services.get(i).path("name").asString("");
      String first = places.putIfAbsent(name, place);
      if (first != null && !name.isEmpty()) {
        mistakes.add(place + ".name", name, "is the name of " + first + " too: give each its own");
      }
    }
    return read;
  }

  /// Reads one service; empty if it has a mistake.
  ///
  /// @param path its path in mistakes; may be empty
  public Optional<ServiceDefinition> one(JsonNode service, String path, Mistakes mistakes) {
    return one(service, ReferencedSecrets.of(service), path, mistakes);
  }

  /// Reads one service as it is stored.
  public Optional<ServiceDefinition> stored(ObjectNode definition, Mistakes mistakes) {
    ReferencedSecrets secrets = ReferencedSecrets.stored(definition);
    secrets.hideIn(mistakes);
    ObjectNode service = definition.deepCopy();
    service.remove(ReferencedSecrets.KEY);
    return tolerant().one(service, secrets, "", mistakes);
  }

  private Optional<ServiceDefinition> one(
      JsonNode service, ReferencedSecrets secrets, String path, Mistakes mistakes) {
    Fields fields = new Fields(service, path, "docs/monitor.md", mistakes);
    if (!fields.areOf(ServiceKeys.ALL)) {
      return Optional.empty();
    }
    Characters.in(service).ifPresent(fault -> fields.mistake(fault.where(), fault.what()));
    Optional<String> name = fields.text("name");
    if (name.isEmpty() && !fields.has("name")) {
      fields.mistake("name", "is missing: give the service a name");
    }
    name.filter(text -> text.isBlank() || text.length() > LONGEST_NAME)
        .ifPresent(text -> fields.mistake("name", "must have 1 to 255 characters"));
    Optional<URI> url = url(fields);
    Duration interval =
        fields
            .duration("interval", SHORTEST_INTERVAL, LONGEST_INTERVAL)
            .orElse(defaults.interval());
    Duration timeout =
        fields
            .duration("timeout", Duration.ofMillis(1), LONGEST_TIMEOUT)
            .orElse(defaults.timeout());
    Optional<Confirmation> confirmation = confirmation(fields);
    WarningLimits warnings = warnings(fields, timeout, defaults.certificateWarning());
    AlertKeys alertKeys = AlertKeys.of(fields);
    boolean trace = trace(fields, url);
    boolean keepAlive = fields.bool("keep-alive").orElse(defaults.keepAlive());
    accounts.ifPresent(limits -> limits.check(fields, url, interval, trace));
    if (accounts.isPresent() && AccountLimits.namesFiles(fields)) {
      return Optional.empty(); // not even whether there is such a file is told
    }
    Optional<CheckSpec> spec =
        url.flatMap(to -> new CheckReader(fields, to, tolerant).read(timeout, keepAlive));
    if (fields.wrong()
        || name.isEmpty()
        || url.isEmpty()
        || spec.isEmpty()
        || confirmation.isEmpty()) {
      return Optional.empty();
    }
    String stored = stored(service, interval, timeout, keepAlive, spec.get(), secrets);
    if (accounts.isPresent() && stored.length() > AccountLimits.LONGEST) {
      mistakes.add(path, "has more than " + AccountLimits.LONGEST + " characters of JSON");
      return Optional.empty();
    }
    return Optional.of(
        new ServiceDefinition(
            name.get(),
            url.get(),
            interval,
            timeout,
            confirmation.get(),
            warnings,
            alertKeys,
            trace,
            spec.get(),
            secrets,
            stored));
  }

  private static Optional<Confirmation> confirmation(Fields fields) {
    int down = fields.whole("confirm", 1, MOST_CONFIRMATIONS).orElse(Confirmation.DEFAULT.down());
    int up = fields.whole("recover", 1, MOST_CONFIRMATIONS).orElse(Confirmation.DEFAULT.up());
    Duration interval =
        fields
            .duration("confirm-interval", SHORTEST_INTERVAL, LONGEST_INTERVAL)
            .orElse(Confirmation.DEFAULT.interval());
    return fields.wrong() ? Optional.empty() : Optional.of(new Confirmation(down, up, interval));
  }

  private static WarningLimits warnings(Fields fields, Duration timeout, Duration certificate) {
    Optional<Duration> slow = fields.duration("slow", Duration.ofMillis(1), LONGEST_TIMEOUT);
    slow.filter(limit -> limit.compareTo(timeout) >= 0)
        .ifPresent(
            limit ->
                fields.mistake(
                    "slow",
                    Durations.text(limit),
                    "is not shorter than the timeout, " + Durations.text(timeout)));
    return new WarningLimits(
        slow,
        fields
            .duration("certificate-warning", Duration.ZERO, LONGEST_INTERVAL)
            .orElse(certificate));
  }

  private static boolean trace(Fields fields, Optional<URI> url) {
    boolean trace = fields.bool("trace").orElse(false);
    if (trace && url.filter(to -> to.getRawAuthority() == null).isPresent()) {
      fields.mistake("trace", "has no effect without a host in the URL: remove it");
    }
    return trace;
  }

  private static Optional<URI> url(Fields fields) {
    Optional<String> text = fields.text("url");
    if (text.isEmpty()) {
      if (!fields.has("url")) {
        fields.mistake("url", "is missing: give the URL to check");
      }
      return Optional.empty();
    }
    String url = text.get().strip();
    try {
      URI uri = new URI(url);
      if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
        fields.mistake("url", "contains a user or password: use the keys user and password");
        return Optional.empty();
      }
      boolean place =
          uri.getScheme() != null
              && (uri.getRawAuthority() != null || !ServerUrl.needsHost(uri.getScheme()));
      if (place) {
        return Optional.of(uri);
      }
    } catch (URISyntaxException e) {
      // the mistake below says it
    }
    AddressText.mistakeIn(url)
        .ifPresentOrElse(
            mistake -> fields.mistake("url", mistake),
            () ->
                fields.mistake(
                    "url", url, "is no URL: write it as https://host/path or tcp://host:port"));
    return Optional.empty();
  }

  /// Written as a stream: [JsonNode#toString] would load all of databind at each start.
  private static String stored(
      JsonNode given,
      Duration interval,
      Duration timeout,
      boolean keepAlive,
      CheckSpec spec,
      ReferencedSecrets secrets) {
    return Json.text(
        json -> {
          json.writeStartObject();
          for (String key : ServiceKeys.ALL) {
            switch (key) {
              case "interval" -> json.writeStringProperty(key, Durations.text(interval));
              case "timeout" -> json.writeStringProperty(key, Durations.text(timeout));
              case "keep-alive" -> {
                if (spec instanceof CheckSpec.Http) {
                  json.writeBooleanProperty(key, keepAlive);
                }
              }
              default -> {
                if (given.hasNonNull(key)) {
                  json.writeName(key);
                  Json.node(json, given.get(key));
                }
              }
            }
          }
          if (!secrets.isNothing()) {
            json.writeName(ReferencedSecrets.KEY);
            secrets.write(json);
          }
          json.writeEndObject();
        });
  }
}
