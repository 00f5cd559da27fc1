package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.HttpExpectation;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.HttpSettings;
import dev.rollcall.probes.Probes;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.probes.StatusRange;
import dev.rollcall.probes.TcpQuestion;
import dev.rollcall.probes.TlsOptions;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.time.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Reads services from `services:` of `rollcall.yaml` and from the bodies of `POST` and `PATCH`,
/// with the same keys, rules and messages.
public final class ServiceReader {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(200);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(366);
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
  private static final int LONGEST_NAME = 255;
  private static final int MOST_CONFIRMATIONS = 100;
  private static final Duration SHORTEST_OF_ACCOUNTS = Duration.ofSeconds(10);
  private static final List<String> FILES = List.of("ca", "cert", "key");

  /// All of it is in memory while the service is checked.
  private static final int LONGEST_OF_ACCOUNTS = 4096;

  private static final Set<String> SCHEMES_OF_ACCOUNTS =
      Set.of("http", "https", "tcp", "tls", "ping");

  /// The values of services that set none.
  ///
  /// @param certificateWarning a certificate that ends within this time is warned of
  public record Defaults(
      Duration interval, Duration timeout, boolean keepAlive, Duration certificateWarning) {}

  /// The headers that say where a request ends.
  private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

  /// The methods of HTTP and WebDAV, and those of caches and searches.
  static final Set<String> METHODS =
      Set.of(
          "GET",
          "HEAD",
          "POST",
          "PUT",
          "PATCH",
          "DELETE",
          "OPTIONS",
          "QUERY",
          "PROPFIND",
          "REPORT",
          "SEARCH",
          "PURGE",
          "BAN",
          "REFRESH");

  private final Defaults defaults;
  private final boolean tolerant;

  /// Whether a service of an account may name a host; empty for services of the operator.
  private final Optional<Predicate<URI>> reach;

  public ServiceReader(Defaults defaults) {
    this(defaults, false, Optional.empty());
  }

  private ServiceReader(Defaults defaults, boolean tolerant, Optional<Predicate<URI>> reach) {
    this.defaults = defaults;
    this.tolerant = tolerant;
    this.reach = reach;
  }

  /// The same reader, but it accepts services whose `tls` files cannot be used at present. Such a
  /// service is unknown, and all others are checked.
  public ServiceReader tolerant() {
    return new ServiceReader(defaults, true, reach);
  }

  /// The same reader for services of accounts: those may be checked over HTTP and as ports only, at
  /// most every ten seconds, without files of this server, and no longer than 4,096 characters.
  ///
  /// @param reach whether a URL may lead to its host; what a name leads to is decided when it is
  ///   looked up
  public ServiceReader ofAccounts(Predicate<URI> reach) {
    return new ServiceReader(defaults, tolerant, Optional.of(reach));
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
      one(typed(services.get(i)), place, mistakes).ifPresent(read::add);
      String name = services.get(i).path("name").asString("");
      String first = places.putIfAbsent(name, place);
      if (first != null && !name.isEmpty()) {
        mistakes.add(place + ".name", name, "is the name of " + first + " too: give each its own");
      }
    }
    return read;
  }

  private static JsonNode typed(JsonNode service) {
    if (service instanceof ObjectNode fields) {
      ServiceKeys.FLAGS.forEach(key -> typed(fields, key, ServiceReader::flag));
      ServiceKeys.NUMBERS.forEach(key -> typed(fields, key, ServiceReader::whole));
      if (fields.get("tls") instanceof ObjectNode tls) {
        typed(tls, "verify", ServiceReader::flag);
      }
    }
    return service;
  }

  private static void typed(
      ObjectNode fields, String key, Function<String, Optional<JsonNode>> reading) {
    if (fields.get(key) instanceof StringNode text) {
      reading.apply(text.stringValue()).ifPresent(value -> fields.set(key, value));
    }
  }

  private static Optional<JsonNode> flag(String text) {
    return switch (text) {
      case "true", "false" -> Optional.of(BooleanNode.valueOf(text.equals("true")));
      default -> Optional.empty();
    };
  }

  private static Optional<JsonNode> whole(String text) {
    return text.matches("\\d{1,9}")
        ? Optional.of(IntNode.valueOf(Integer.parseInt(text)))
        : Optional.empty();
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
    reach.ifPresent(hosts -> restrict(fields, url, interval, trace, hosts));
    if (reach.isPresent() && namesFiles(fields)) {
      return Optional.empty(); // not even whether there is such a file is told
    }
    Optional<CheckSpec> spec = url.flatMap(to -> checkSpec(fields, to, timeout, keepAlive));
    if (fields.wrong()
        || name.isEmpty()
        || url.isEmpty()
        || spec.isEmpty()
        || confirmation.isEmpty()) {
      return Optional.empty();
    }
    String stored = stored(service, interval, timeout, keepAlive, spec.get(), secrets);
    if (reach.isPresent() && stored.length() > LONGEST_OF_ACCOUNTS) {
      mistakes.add(path, "has more than " + LONGEST_OF_ACCOUNTS + " characters of JSON");
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

  private static void restrict(
      Fields fields, Optional<URI> url, Duration interval, boolean trace, Predicate<URI> reach) {
    url.filter(to -> !reach.test(to))
        .ifPresent(
            to ->
                fields.mistake(
                    "url",
                    to.getRawAuthority(),
                    "is not public: accounts have public addresses checked, and what the operator"
                        + " allows (accounts.reach.allow)"));
    url.map(URI::getScheme)
        .filter(scheme -> !SCHEMES_OF_ACCOUNTS.contains(scheme))
        .ifPresent(
            scheme ->
                fields.mistake(
                    "url",
                    scheme,
                    "is not a scheme for accounts: use http, https, tcp, tls or ping"));
    if (trace) {
      fields.mistake(
          "trace", "shows the network of this server: it is for the operator's services");
    }
    if (interval.compareTo(SHORTEST_OF_ACCOUNTS) < 0) {
      fields.mistake("interval", Durations.text(interval), "is too short: 10s at least");
    }
    fields
        .object("tls", ServiceKeys.OF_TLS)
        .ifPresent(tls -> tls.refuse(FILES, "is a file of this server"));
  }

  private static boolean namesFiles(Fields fields) {
    return fields
        .object("tls", ServiceKeys.OF_TLS)
        .filter(tls -> FILES.stream().anyMatch(tls::has))
        .isPresent();
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
    fields.mistake("url", url, "is no URL: write it as https://host/path or tcp://host:port");
    return Optional.empty();
  }

  private Optional<CheckSpec> checkSpec(
      Fields fields, URI url, Duration timeout, boolean keepAlive) {
    Optional<ServiceKeys> keys = ServiceKeys.of(url);
    if (keys.isEmpty()) {
      fields.mistake("url", url.getScheme(), "is not a supported scheme" + scheme(url.getScheme()));
      return Optional.empty();
    }
    for (String key : ServiceKeys.ALL) {
      if (!keys.get().has(key)) {
        fields.refuse(Set.of(key), keys.get().refusal(key));
      }
    }
    return fields.built(
        "url",
        () ->
            switch (keys.get().kind()) {
              case HTTP -> new CheckSpec.Http(http(fields, url, keepAlive));
              case PORT -> new CheckSpec.Tcp(tcp(fields, url));
              case SERVER -> new CheckSpec.Server(server(fields, url, timeout));
            });
  }

  private static String scheme(String unknown) {
    String meant = Mistakes.suggestion(unknown, Probes.schemes());
    return meant.startsWith(", did")
        ? meant
        : ": use one of " + String.join(", ", Probes.schemes());
  }

  /// Checks the URL now, so that its mistakes are reported now.
  private ServerUrl server(Fields fields, URI url, Duration timeout) {
    ServerUrl server = new ServerUrl(url, Optional.empty(), tls(fields), timeout);
    Optional<String> user = fields.text("user");
    Optional<String> password = fields.text("password");
    if (user.isPresent() || password.isPresent()) {
      server = server.login(user.orElse(""), password.orElse(""));
    }
    Probes.validate(server);
    return server;
  }

  private HttpQuestion http(Fields fields, URI url, boolean keepAlive) {
    boolean redirects = fields.bool("redirects").orElse(true);
    if (url.getScheme().equals("http") && !redirects) {
      fields.refuse(
          Set.of("tls"),
          "has no effect with http:// and redirects: false: remove it, or use https://");
    }
    Optional<String> method = fields.text("method");
    method
        .filter(name -> !METHODS.contains(name))
        .ifPresent(
            name ->
                fields.mistake(
                    "method",
                    name,
                    "is not a supported method"
                        + Mistakes.suggestion(name.toUpperCase(Locale.ROOT), METHODS)));
    HttpSettings settings =
        HttpSettings.DEFAULT.followRedirects(redirects).keepAlive(keepAlive).tls(tls(fields));
    HttpQuestion question = HttpQuestion.of(url).expecting(expectation(fields)).settings(settings);
    question = method.filter(METHODS::contains).map(question::method).orElse(question);
    question = with(fields, "body", question, HttpQuestion::body);
    for (Map.Entry<String, String> header : fields.texts("headers").entrySet()) {
      if (FRAMING.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        fields.mistake(
            "headers", "contains " + header.getKey() + ", which Rollcall sets itself: remove it");
        continue;
      }
      HttpQuestion bare = question;
      question =
          fields
              .built("headers", () -> bare.header(header.getKey(), header.getValue()))
              .orElse(bare);
    }
    Optional<String> user = fields.text("user");
    if (user.isEmpty() && fields.has("password")) {
      fields.mistake("user", "is missing: user and password go together");
    }
    return user.isPresent()
        ? question.basicAuth(user.get(), fields.text("password").orElse(""))
        : question;
  }

  private static HttpQuestion with(
      Fields fields,
      String key,
      HttpQuestion question,
      BiFunction<HttpQuestion, String, HttpQuestion> adding) {
    return fields
        .text(key)
        .flatMap(text -> fields.built(key, () -> adding.apply(question, text)))
        .orElse(question);
  }

  private static HttpExpectation expectation(Fields fields) {
    HttpExpectation expectation = HttpExpectation.DEFAULT;
    List<String> statuses = fields.oneOrMany("status");
    List<StatusRange> ranges =
        statuses.stream()
            .map(text -> fields.built("status", () -> StatusRange.parse(text)))
            .flatMap(Optional::stream)
            .toList();
    if (!ranges.isEmpty()) {
      expectation = expectation.statuses(ranges);
    }
    Optional<String> contains = fields.text("contains");
    if (contains.isPresent()) {
      expectation = expectation.text(contains.get());
    }
    Optional<Fields> json = fields.object("json", ServiceKeys.OF_JSON);
    if (json.isPresent()) {
      HttpExpectation before = expectation;
      String path = json.get().text("path").orElse("$");
      Optional<String> value =
          json.get().isNull("value") ? Optional.of("null") : json.get().scalar("value");
      expectation =
          fields
              .built("json", () -> before.json(new HttpExpectation.JsonExpectation(path, value)))
              .orElse(before);
    }
    return expectation;
  }

  private TcpQuestion tcp(Fields fields, URI url) {
    if (!url.getRawAuthority().matches(".*:\\d+")) { // getPort rejects hosts with an underscore
      throw new IllegalArgumentException(
          "\"" + url + "\" names no port: write it as " + url.getScheme() + "://host:port");
    }
    Probes.validate(ServerUrl.of(url.toString()));
    TcpQuestion question = TcpQuestion.of(url);
    if (question.tls().isPresent()) {
      question = question.tls(tls(fields));
    }
    Optional<String> send = fields.text("send");
    if (send.isPresent()) {
      question = question.send(send.get());
    }
    Optional<String> expect = fields.text("expect");
    return expect.isPresent() ? question.expect(expect.get()) : question;
  }

  private TlsOptions tls(Fields fields) {
    Optional<Fields> given = fields.object("tls", ServiceKeys.OF_TLS);
    if (given.isEmpty()) {
      return TlsOptions.DEFAULT;
    }
    Fields tls = given.get();
    TlsOptions options = TlsOptions.DEFAULT;
    if (!tls.bool("verify").orElse(true)) {
      options = options.unverified();
    }
    Optional<Path> ca = tls.file("ca");
    if (ca.isPresent()) {
      options = options.trusting(ca.get());
    }
    Optional<Path> cert = tls.file("cert");
    Optional<Path> key = tls.file("key");
    if (cert.isPresent() != key.isPresent() && !tls.wrong()) {
      tls.mistake(cert.isPresent() ? "key" : "cert", "is missing: cert and key go together");
    }
    if (cert.isPresent() && key.isPresent()) {
      options = options.showing(new TlsOptions.Identity(cert.get(), key.get()));
    }
    if (!tolerant && !tls.wrong()) {
      options
          .wrong()
          .ifPresent(wrong -> tls.mistake(wrong.key(), wrong.file() + ": " + wrong.what()));
    }
    try {
      return tls.text("name").map(options::named).orElse(options);
    } catch (IllegalArgumentException e) {
      tls.mistake("name", e.getMessage() + ": give the one in the certificate");
      return options;
    }
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
