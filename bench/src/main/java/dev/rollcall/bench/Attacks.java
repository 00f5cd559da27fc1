package dev.rollcall.bench;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What hostile clients do, each against a new program: while 500 services are checked every
/// second, one address takes as much as it can, and a job pings from the same address.
final class Attacks implements Benchmark {
  private static final int SERVICES = 500;
  private static final int OUTPUTS = 100;
  private static final int HOPS = 80_000;

  /// What one of the attackers does.
  private interface Attack {
    void begin(Crowd crowd) throws IOException, InterruptedException;
  }

  @Override
  public String name() {
    return "attacks";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Nginx nginx = Nginx.start(stage, 100, true);
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ", interval: 1s"))
            .toList();
    int part = length.equals(Length.SHORT) ? 10 : 1;
    byte[] large = Crowd.request("GET", "/v1/heartbeats/large", "");
    byte[] live = Crowd.request("GET", "/live", "");
    byte[] list = Crowd.request("GET", "/v1/services", "");
    byte[] hops = hops();
    Table table = new Table();
    Map<String, Attack> attacks = new LinkedHashMap<>();
    attacks.put("nobody attacks", crowd -> {});
    attacks.put(
        "500 that ask for 6 MB and never read", crowd -> crowd.join(500 / part, i -> large));
    attacks.put("600 bodies that stop near their end", crowd -> crowd.join(600 / part, i -> hops));
    attacks.put(
        "1,100 bodies that stop after a byte", crowd -> crowd.join(1_100 / part, Attacks::stalled));
    attacks.put(
        "5,000 connections without a request", crowd -> crowd.join(5_000 / part, i -> new byte[0]));
    attacks.put("256 streams of events", crowd -> crowd.join(256 / part, i -> live));
    attacks.put("a flood on /v1/services, 400 connections", crowd -> crowd.flood(400 / part, list));
    boolean held = true;
    for (Map.Entry<String, Attack> each : attacks.entrySet()) {
      held &= attack(stage, length, table, services, each.getKey(), each.getValue());
    }
    table.verdict(
        held, "asked: every ping is answered with 200, and the lag p99 of checks is under 250 ms");
  }

  private static boolean attack(
      Stage stage, Length length, Table table, List<String> services, String what, Attack attack)
      throws IOException, InterruptedException {
    Rollcall rollcall = Rollcall.start(stage, Rollcall.Setup.of(stage.folder("data"), services));
    for (int i = 0; i < OUTPUTS; i++) {
      Rollcall.send(
          HttpRequest.newBuilder(rollcall.api("/ping?name=large&frequency=1h"))
              .POST(BodyPublishers.ofString("\u0001".repeat(10_000)))
              .build());
    }
    Thread.sleep(length.warm());
    table.row("-- " + what, "");
    Pings pings = new Pings(rollcall.port());
    try (Crowd crowd = new Crowd(rollcall.port())) {
      pings.start();
      Thread attacking = Thread.ofVirtual().name("attack").start(() -> begin(attack, crowd));
      Stretch stretch = Stretch.of(rollcall, length.steady());
      attacking.interrupt();
      attacking.join();
      pings.end();
      stretch.print(table);
      table.row(
          "pings: answered with 200, p50, p99, longest",
          "%d of %d, %.0f ms, %.0f ms, %.0f ms",
          pings.answered(),
          pings.sent(),
          pings.millis(0.5),
          pings.millis(0.99),
          pings.millis(1));
      table.row("the attackers were answered", "%s", crowd.answers());
      Duration lag = stretch.lag().quantile(0.99);
      return pings.answered() == pings.sent() && lag.compareTo(Duration.ofMillis(250)) < 0;
    } finally {
      rollcall.stop();
    }
  }

  private static void begin(Attack attack, Crowd crowd) {
    try {
      attack.begin(crowd);
    } catch (IOException e) {
      throw new IllegalStateException("the attack failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is over
    }
  }

  /// A body of 960 KB, without its last 1,000 bytes.
  private static byte[] hops() {
    String body = "{\"hops\":[" + "\"192.0.2.1\",".repeat(HOPS);
    byte[] head =
        Crowd.request("POST", "/hops", "Content-Length: " + (body.length() + 1_000) + "\r\n");
    return Crowd.joined(head, Chunked.ascii(body));
  }

  private static byte[] stalled(int number) {
    String path = List.of("/hops", "/results", "/ping/job").get(number % 3);
    return Crowd.joined(
        Crowd.request("POST", path, "Content-Length: 1000\r\n"), Chunked.ascii("{"));
  }
}
