package dev.rollcall.bench;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Registering under load while services are checked; what a request with a token costs more than
/// one without; and the services of one of 1,000 owners beside 10,000 others.
final class Accounts implements Benchmark {
  private static final int CHECKED = 10_000;
  private static final int OWNERS = 1_000;
  private static final int EACH = 10;
  private static final int CALLS = 200;
  private static final int ROUNDS = 5;
  private static final Pattern NO_QUOTES = Pattern.compile("\"");

  /// Registers another address with each request.
  private static final String REGISTER =
      """
      counter = 0
      wrk.headers["Content-Type"] = "application/json"
      request = function()
        counter = counter + 1
        return wrk.format("POST", "/register", nil,
          '{"Email":"load' .. counter .. '@example.org","Password":"correct horse"}')
      end
      """;

  @Override
  public String name() {
    return "accounts";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Nginx nginx = Nginx.start(stage, 100, false);
    List<String> services =
        IntStream.range(0, CHECKED)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ", interval: 15s"))
            .toList();
    Rollcall rollcall =
        Rollcall.start(
            stage,
            Rollcall.Setup.of(
                stage.folder("data"),
                services,
                "--accounts-registrations-per-minute=1000000",
                "--accounts-teams=" + OWNERS));
    Table table = new Table();
    Thread.sleep(length.warm());
    boolean held = registers(stage, length, table, rollcall);
    held &= tokens(stage, length, table, rollcall);
    held &= lists(table, rollcall);
    table.verdict(
        held,
        "lag p99 at most twice that without registrations or 100 ms, at most 25 µs more with a"
            + " token, the list under 10 ms");
  }

  private static boolean registers(Stage stage, Length length, Table table, Rollcall rollcall)
      throws IOException, InterruptedException {
    Lag before = rollcall.lag();
    Thread.sleep(length.steady());
    Duration alone = rollcall.lag().since(before).quantile(0.99);
    long memory = rollcall.child().rssMiB();
    Lag began = rollcall.lag();
    Wrk wrk = Wrk.run(stage, 16, length.steady(), rollcall.api("/register").toString(), REGISTER);
    Duration under = rollcall.lag().since(began).quantile(0.99);
    table.row(
        "registrations, 16 connections",
        "%.1f/s, mean %.0f ms, p95 %.0f ms, %d refused",
        wrk.perSecond(),
        wrk.meanMicros() / 1000,
        wrk.p95Micros() / 1000,
        wrk.failed());
    table.row(
        "lag p99 without, with them", "%.1f ms, %.1f ms", Table.millis(alone), Table.millis(under));
    table.row("memory: RSS before, peak", "%d MiB, %d MiB", memory, rollcall.child().peakMiB());
    return under.compareTo(Duration.ofMillis(100)) < 0
        || under.compareTo(alone.multipliedBy(2)) < 0;
  }

  /// The processor time of a request that reads the channels of its caller: of the operator, who is
  /// recognized by the address of the connection; of an account by the token of a session; and by
  /// an API token. In turn, so that all see the same machine; the least of each counts.
  private static boolean tokens(Stage stage, Length length, Table table, Rollcall rollcall)
      throws IOException, InterruptedException {
    String session = account(rollcall, "token@example.org");
    String made =
        post(rollcall, "/v1/tokens", "{\"name\":\"bench\",\"scopes\":[\"read\"]}", session);
    String token = made.replaceFirst("(?s).*\"token\":\"(rc_[^\"]+)\".*", "$1");
    Duration each = length.steady().dividedBy(ROUNDS);
    double[] least = {1e9, 1e9, 1e9};
    for (int round = 0; round < ROUNDS; round++) {
      String[] shown = {"", session, token};
      for (int kind = 0; kind < shown.length; kind++) {
        least[kind] = Math.min(least[kind], cost(stage, rollcall, each, shown[kind]));
      }
    }
    table.row("a request without a token", "%.1f µs of CPU", least[0]);
    table.row("with the token of a session", "%.1f µs, %.1f more", least[1], least[1] - least[0]);
    table.row("with an API token", "%.1f µs, %.1f more", least[2], least[2] - least[0]);
    return least[1] - least[0] <= 25 && least[2] - least[0] <= 25;
  }

  private static double cost(Stage stage, Rollcall rollcall, Duration length, String token)
      throws IOException, InterruptedException {
    String header =
        token.isEmpty() ? "" : "wrk.headers[\"Authorization\"] = \"Bearer " + token + "\"\n";
    Duration before = rollcall.child().cpu();
    Wrk wrk = Wrk.run(stage, 16, length, rollcall.api("/v1/channels").toString(), header);
    if (wrk.failed() > 0) {
      throw new IllegalStateException(wrk.failed() + " requests with a token failed");
    }
    return rollcall.child().cpu().minus(before).toNanos() / 1e3 / wrk.requests();
  }

  private static boolean lists(Table table, Rollcall rollcall)
      throws IOException, InterruptedException {
    String token = account(rollcall, "lists@example.org");
    fill(rollcall, "", token);
    try (ExecutorService workers = Executors.newFixedThreadPool(16)) {
      List<Callable<String>> others =
          IntStream.range(1, OWNERS)
              .mapToObj(i -> (Callable<String>) () -> team(rollcall, "team" + i, token))
              .toList();
      for (Future<String> one : workers.invokeAll(others)) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("could not add the services", e);
    }
    HttpRequest request =
        HttpRequest.newBuilder(rollcall.api("/v1/services")).header("Authorization", token).build();
    String answer = Rollcall.send(request);
    if (answer.split("\"name\"", -1).length != EACH + 1) {
      throw new IllegalStateException("these are not the services of one account: " + answer);
    }
    double[] took = new double[CALLS];
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      Rollcall.send(request);
      took[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(took);
    table.row(
        "services of one account, median, p95",
        "%.1f ms, %.1f ms",
        took[CALLS / 2],
        took[CALLS * 95 / 100]);
    return took[CALLS / 2] < 10;
  }

  /// Makes a team, which owns services as an account does.
  private static String team(Rollcall rollcall, String name, String token)
      throws IOException, InterruptedException {
    post(rollcall, "/v1/teams", "{\"name\":\"" + name + "\"}", token);
    fill(rollcall, "?team=" + name, token);
    return name;
  }

  private static void fill(Rollcall rollcall, String query, String token)
      throws IOException, InterruptedException {
    for (int i = 0; i < EACH; i++) {
      post(
          rollcall,
          "/v1/services" + query,
          "{\"name\":\"s%d\",\"url\":\"http://example.invalid/%d\",\"interval\":\"1h\"}"
              .formatted(i, i),
          token);
    }
  }

  /// Makes an account.
  ///
  /// @return the token of a session
  private static String account(Rollcall rollcall, String email)
      throws IOException, InterruptedException {
    String who = "{\"Email\":\"" + email + "\",\"Password\":\"correct horse\"}";
    post(rollcall, "/register", who, "");
    return NO_QUOTES.matcher(post(rollcall, "/login", who, "")).replaceAll("");
  }

  private static String post(Rollcall rollcall, String path, String body, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(rollcall.api(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return Rollcall.send(
        (token.isEmpty() ? request : request.header("Authorization", token)).build());
  }
}
