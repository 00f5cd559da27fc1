package dev.rollcall.server.node;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import inet.ipaddr.IPAddress;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/// Asks a pool for targets: `GET /next?node=NAME&limit=100`.
///
/// What this node does not measure of a lease is reported with `POST /next`.
///
/// The pool is not trusted: its answer has a limited size and time, no more targets are taken than
/// were asked for, and what is no address is left out and counted.
final class PoolClient implements Assignments {
  private static final int LARGEST = 1024 * 1024;

  /// Of a pool that is of another kind, or older.
  private static final Set<Integer> NO_SUCH_REPORT = Set.of(400, 404, 405, 411, 415, 501);

  private static final Duration LEAST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final Duration LONGEST_LEASE = Duration.ofDays(1);

  private final ServerClient http;
  private final URI url;
  private final String node;
  private final AtomicLong unusable = new AtomicLong();

  /// What the next requests report as measured, one each.
  private final Deque<Long> done = new ConcurrentLinkedDeque<>();

  /// What is reported as not measured before the next request.
  private final Deque<Refused> refused = new ConcurrentLinkedDeque<>();

  private record Refused(long lease, List<IPAddress> targets) {}

  /// @param url of `GET /next`
  PoolClient(ServerClient http, URI url, String node) {
    this.http = http;
    this.url = url;
    this.node = node;
  }

  @Override
  public Lease next(int limit) throws InterruptedException {
    reportRefused();
    String reported = done.isEmpty() ? "" : "&done=" + done.getFirst();
    String query = "?node=" + node + "&limit=" + limit + reported;
    HttpResponse<byte[]> answer =
        http.send(http.request(URI.create(url + query)).GET().build(), LARGEST);
    requireOk(answer);
    Lease lease = lease(answer.body(), limit);
    done.pollFirst();
    return done.isEmpty() ? lease : lease.withPause(LEAST_WAIT);
  }

  private void requireOk(HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    if (status == 401 || status == 403) {
      throw new NoAnswer(this + " answers " + status + ": set measure.token to the token it wants");
    }
    if (status != 200) {
      throw new NoAnswer(this + " answers " + status, ServerClient.retryAfter(answer));
    }
  }

  /// One that knows no such report takes all targets of the lease for measured.
  private void reportRefused() throws InterruptedException {
    for (Refused next = refused.peek(); next != null; next = refused.peek()) {
      HttpResponse<byte[]> answer =
          http.send(
              http.request(url)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(body(next)))
                  .build(),
              LARGEST);
      if (!NO_SUCH_REPORT.contains(answer.statusCode())) {
        requireOk(answer);
      }
      refused.remove();
    }
  }

  private byte[] body(Refused report) {
    return Json.bytes(
        json -> {
          json.writeStartObject()
              .writeStringProperty("node", node)
              .writeNumberProperty("lease", report.lease());
          json.writeName("refused").writeStartArray();
          report.targets().stream().map(Addresses::text).forEach(json::writeString);
          json.writeEndArray().writeEndObject();
        });
  }

  private Lease lease(byte[] answer, int limit) {
    JsonNode body = body(answer);
    JsonNode listed = body.path("targets");
    if (!listed.isArray()) {
      throw new NoAnswer(this + " answers something else than targets: set measure.input-url");
    }
    List<IPAddress> targets = new ArrayList<>();
    for (int i = 0; i < listed.size() && targets.size() < limit; i++) {
      Optional<IPAddress> address =
          Optional.of(listed.get(i).path("ip"))
              .filter(JsonNode::isString)
              .flatMap(ip -> Addresses.parse(ip.stringValue()));
      address.ifPresentOrElse(targets::add, unusable::incrementAndGet);
    }
    unusable.addAndGet(Math.max(0, listed.size() - limit));
    return new Lease(
        targets.stream().distinct().toList(),
        within(body.path("lease_seconds")),
        wait(body.path("retry_after")),
        body.path("lease").isIntegralNumber() ? Math.max(0, body.path("lease").asLong(0)) : 0);
  }

  private JsonNode body(byte[] bytes) {
    try {
      return Json.stored(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalStateException | ClassCastException e) {
      throw new NoAnswer(this + " answers something else than JSON: set measure.input-url");
    }
  }

  /// How long the lease lasts; not until when, as clocks differ.
  private static Optional<Duration> within(JsonNode seconds) {
    return seconds.isIntegralNumber() && seconds.canConvertToLong()
        ? Optional.of(
            Duration.ofSeconds(Math.clamp(seconds.asLong(0), 0, LONGEST_LEASE.toSeconds())))
        : Optional.empty();
  }

  private static Duration wait(JsonNode seconds) {
    long given = seconds.isNumber() ? seconds.asLong(0) : LONGEST_WAIT.toSeconds();
    return Duration.ofSeconds(Math.clamp(given, LEAST_WAIT.toSeconds(), LONGEST_WAIT.toSeconds()));
  }

  @Override
  public void refuse(Lease lease, List<IPAddress> targets) {
    if (lease.number() != 0) {
      refused.add(new Refused(lease.number(), targets));
    }
  }

  @Override
  public void done(Lease lease) {
    if (lease.number() != 0) {
      done.add(lease.number());
    }
  }

  /// How many targets were no addresses, or more than asked for.
  long unusable() {
    return unusable.get();
  }

  @Override
  public String toString() {
    return "the pool at " + ServerClient.server(url);
  }
}
