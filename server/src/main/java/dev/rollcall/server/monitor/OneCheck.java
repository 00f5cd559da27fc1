package dev.rollcall.server.monitor;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.RoundTrips;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.EchoSender;
import dev.rollcall.probes.Resolver;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.definition.ProbeFactory;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.owner.Scope;
import java.io.StringWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One check from the command line: it checks a URL as the monitor would, and shows each part.
///
/// @param service the name of the service, if one was checked
/// @param url the URL without user and password
/// @param failure why it is not up, if it is not
public record OneCheck(
    Optional<String> service, String url, Optional<Failure> failure, Attempt attempt) {
  /// Why a check did not find its target up.
  ///
  /// @param reason in one line
  /// @param here whether the cause is on this machine: then nobody knows whether the target is up
  public record Failure(String reason, boolean here) {}

  private static final Map<Phase, String> WORDS = words();
  private static final int LONGEST_NAME = 100;

  /// A host without a scheme, as people write it into a browser.
  private static final Pattern WITHOUT_SCHEME =
      Pattern.compile("[\\p{L}\\p{N}_.-]+(?::\\d{1,5})?(?:[/?#].*)?");

  /// Checks a URL once.
  ///
  /// @param echoes pings
  /// @return empty if the URL cannot be checked; `mistakes` then contains the reason
  public static Optional<OneCheck> of(
      String url, Duration timeout, EchoSender echoes, Mistakes mistakes)
      throws InterruptedException {
    ServiceReader reader =
        new ServiceReader(new ServiceReader.Defaults(timeout, timeout, false, Duration.ZERO));
    Mistakes own = new Mistakes();
    Optional<ServerUrl> server = parsed(url, own);
    Optional<ServiceDefinition> definition =
        server.flatMap(given -> reader.one(service(given), "", own));
    own.lines().forEach(line -> mistakes.add(named(url), line.replaceFirst("^url: ", "")));
    if (server.isEmpty() || definition.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        of(Optional.empty(), server.get().toString(), definition.get(), timeout, echoes));
  }

  /// Checks a service once, as the monitor would.
  ///
  /// @param echoes pings
  public static OneCheck of(ServiceDefinition service, Duration timeout, EchoSender echoes)
      throws InterruptedException {
    return of(Optional.of(service.name()), service.shownUrl(), service, timeout, echoes);
  }

  private static OneCheck of(
      Optional<String> service,
      String url,
      ServiceDefinition definition,
      Duration timeout,
      EchoSender echoes)
      throws InterruptedException {
    Dialer dialer = new Dialer(Resolver.system());
    try (ProbeFactory probes = new ProbeFactory(dialer, dialer, echoes)) {
      Attempt attempt = Attempt.within(timeout);
      return new OneCheck(service, url, failure(probes, definition, attempt), attempt);
    }
  }

  /// Only here a URL may contain a user and a password. They become those of the service.
  private static Optional<ServerUrl> parsed(String url, Mistakes mistakes) {
    if (WITHOUT_SCHEME.matcher(url).matches()) {
      String scheme = url.startsWith("localhost") || url.startsWith("127.") ? "http" : "https";
      mistakes.add("url", "has no scheme: did you mean %s://%s?".formatted(scheme, named(url)));
      return Optional.empty();
    }
    try {
      return Optional.of(ServerUrl.of(url));
    } catch (IllegalArgumentException e) {
      mistakes.add("url", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /// The URL in a message, without user, password and query, which may be secret.
  private static String named(String url) {
    String open = url.replaceFirst("^([a-zA-Z][a-zA-Z0-9+.-]*://)?.*@", "$1");
    return OneLine.of(open.replaceFirst("[?#].*", ""), LONGEST_NAME);
  }

  private static ObjectNode service(ServerUrl server) {
    ObjectNode service =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", server.toString())
            .put("url", server.uri().toString());
    server
        .login()
        .ifPresent(login -> service.put("user", login.user()).put("password", login.password()));
    return service;
  }

  private static Optional<Failure> failure(
      ProbeFactory probes, ServiceDefinition definition, Attempt attempt)
      throws InterruptedException {
    try {
      probes.of(Scope.OPERATOR, definition).check(attempt);
      return Optional.empty();
    } catch (ProbeFailure e) {
      return Optional.of(new Failure(e.reason(), e.isHere()));
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      return Optional.of(new Failure(String.valueOf(e.getMessage()), true));
    }
  }

  /// Whether it is up.
  public boolean up() {
    return failure.isEmpty();
  }

  private String state() {
    return failure.map(why -> why.here() ? "unknown" : "down").orElse("up");
  }

  /// A few lines: the result, then how long each part took.
  public String text() {
    String what = service.map(name -> name + " (" + url + ")").orElse(url);
    StringBuilder text = new StringBuilder(OneLine.of(what) + " is " + state());
    failure.ifPresent(why -> text.append(": ").append(why.reason()));
    text.append('\n');
    attempt.status().ifPresent(status -> text.append("  status      ").append(status).append('\n'));
    if (attempt.redirects() > 0) {
      text.append("  redirects   ").append(attempt.redirects()).append('\n');
    }
    attempt.roundTrips().ifPresent(trips -> text.append(lines(trips)));
    WORDS.forEach(
        (phase, word) ->
            attempt
                .time(phase)
                .ifPresent(
                    time -> text.append("  %-11s %8.2f ms%n".formatted(word, millis(time)))));
    attempt
        .certificateExpiry()
        .ifPresent(end -> text.append("  certificate until ").append(end).append('\n'));
    return text.toString();
  }

  private static String lines(RoundTrips trips) {
    String sent =
        "  packets     %d sent, %d lost (%.0f %%)%n"
            .formatted(trips.sent(), trips.lost(), trips.lossPercent());
    return trips.times().isEmpty()
        ? sent
        : sent
            + "  round trip  %.2f ms min, %.2f ms median, %.2f ms max%n"
                .formatted(
                    millis(trips.times().getFirst()),
                    millis(trips.median().orElseThrow()),
                    millis(trips.times().getLast()));
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  /// The same as a JSON object.
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      service.ifPresent(name -> json.writeStringProperty("service", name));
      json.writeStringProperty("url", url);
      json.writeBooleanProperty("up", up());
      json.writeStringProperty("state", state());
      failure.ifPresent(why -> json.writeStringProperty("reason", why.reason()));
      attempt.status().ifPresent(status -> json.writeNumberProperty("status", status));
      json.writeNumberProperty("redirects", attempt.redirects());
      attempt
          .roundTrips()
          .ifPresent(
              trips -> {
                json.writeNumberProperty("sent", trips.sent());
                json.writeNumberProperty("lost", trips.lost());
                json.writeName("round_trips_ms").writeStartArray();
                trips.times().forEach(time -> Json.number(json, millis(time)));
                json.writeEndArray();
              });
      WORDS.forEach(
          (phase, word) ->
              attempt
                  .time(phase)
                  .ifPresent(time -> Json.millis(json, word.replace(' ', '_') + "_ms", time)));
      attempt
          .certificateExpiry()
          .ifPresent(end -> json.writeNumberProperty("certificate_ends_at", end.getEpochSecond()));
      json.writeEndObject();
    }
    return text.toString();
  }

  private static Map<Phase, String> words() {
    Map<Phase, String> words = new LinkedHashMap<>();
    words.put(Phase.DNS, "dns");
    words.put(Phase.CONNECT, "connect");
    words.put(Phase.TLS, "tls");
    words.put(Phase.FIRST_BYTE, "first byte");
    words.put(Phase.HEADER, "header");
    words.put(Phase.TOTAL, "total");
    return words;
  }
}
