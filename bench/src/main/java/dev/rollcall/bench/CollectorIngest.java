package dev.rollcall.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Results with ten hops each, a thousand in a request, over four connections. The files rotate at
/// 100 MB. Compared with a C program on libsqlite3 that stores the same rows with the same tables,
/// settings and transactions.
final class CollectorIngest implements Benchmark {
  private static final int BODIES = 64;
  private static final int RESULTS = 1_000;
  private static final int HOPS = 10;
  private static final int CONNECTIONS = 4;
  private static final Pattern RATE =
      Pattern.compile("(\\d+) results/s, longest transaction (\\d+)");
  private static final Path ROOT = Path.of(System.getProperty("bench.root", "."));

  @Override
  public String name() {
    return "collector";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Table table = new Table();
    List<byte[]> bodies = bodies();
    Path program = anchorProgram(stage);
    double before = anchor(stage, length, program, table);
    Ours ours = ours(stage, length, bodies, table);
    double after = anchor(stage, length, program, table);
    double ratio = ours.rate / ((before + after) / 2);
    table.verdict(
        ratio >= 0.9 && ours.stallMillis < 250 && ours.peakMiB < 256 && ours.recentMillis < 10,
        "%.2f of C's rate (asked: 0.9), longest time without an answer %.0f ms (asked: 250), %d MiB"
            + " (asked: 256), /recent?ip= %.1f ms (asked: 10)",
        ratio,
        ours.stallMillis,
        ours.peakMiB,
        ours.recentMillis);
  }

  private static Path anchorProgram(Stage stage) throws IOException, InterruptedException {
    String cc = Child.program("cc", "gcc and libsqlite3-dev");
    Path program = stage.folder("anchor").resolve("ingest");
    stage
        .start(
            "cc",
            List.of(
                cc,
                "-O2",
                "-o",
                program.toString(),
                ROOT.resolve("bench/src/main/c/ingest.c").toString(),
                "-lsqlite3"),
            Map.of())
        .result(Duration.ofSeconds(60));
    return program;
  }

  private static double anchor(Stage stage, Length length, Path program, Table table)
      throws IOException, InterruptedException {
    Path folder = stage.folder("anchor-data");
    Child child =
        stage.start(
            "ingest",
            List.of(
                program.toString(),
                folder.toString(),
                Long.toString(length.steady().toSeconds() / 2),
                "100000"),
            Map.of());
    String said = child.result(length.steady().plusSeconds(120));
    Matcher rate = RATE.matcher(said);
    if (!rate.find()) {
      throw new IllegalStateException("the anchor said: " + said);
    }
    table.row("C on libsqlite3", "%s", said);
    return Double.parseDouble(rate.group(1));
  }

  private record Ours(double rate, double stallMillis, long peakMiB, double recentMillis) {}

  private static Ours ours(Stage stage, Length length, List<byte[]> bodies, Table table)
      throws IOException, InterruptedException {
    Path data = stage.folder("results");
    int port = Stage.freePort();
    int health = Stage.freePort();
    String options = System.getenv().getOrDefault("ROLLCALL_JAVA_OPTS", "");
    Child child =
        stage.start(
            "rollcall",
            List.of(
                ROOT.resolve("rollcall").toString(),
                "collect",
                "--port=" + port,
                "--health-port=" + health,
                "--input-url=http://127.0.0.1:9/hops",
                "--db-dir=" + data),
            Map.of("ROLLCALL_JAVA_OPTS", options));
    Wait.until("the collector listens", Duration.ofSeconds(60), child, () -> Nginx.accepts(port));
    send(port, bodies, length.warm());
    Duration cpu = child.cpu();
    long start = System.nanoTime();
    Answers answers = send(port, bodies, length.steady());
    long results = answers.requests() * RESULTS;
    double seconds = (System.nanoTime() - start) / 1e9;
    cpu = child.cpu().minus(cpu);
    double rate = results / seconds;
    table.row(
        "Rollcall",
        "%.0f results/s, longest request %.0f ms, longest time without an answer %.0f ms",
        rate,
        answers.longestRequest() / 1e6,
        answers.longestSilence() / 1e6);
    table.row(
        "Rollcall, in each tenth of the time",
        "%s thousand results/s",
        answers.tenths(length.steady()).stream()
            .map(each -> "%.1f".formatted(each * RESULTS / 1e3))
            .collect(Collectors.joining(" ")));
    table.row(
        "Rollcall",
        "%.1f us of CPU a result, %.2f cores",
        cpu.toNanos() / 1e3 / results,
        cpu.toNanos() / 1e9 / seconds);
    try (Stream<Path> files = Files.list(data)) {
      table.row("files", "%d", files.filter(file -> file.toString().endsWith(".db")).count());
    }
    double recent = recent(health);
    table.row("/recent?ip=", "%.1f ms, median of 50", recent);
    table.row("memory: RSS, peak", "%d MiB, %d MiB", child.rssMiB(), child.peakMiB());
    long peak = child.peakMiB();
    child.stop();
    return new Ours(rate, answers.longestSilence() / 1e6, peak, recent);
  }

  private static double recent(int port) throws IOException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      URI uri =
          URI.create("http://127.0.0.1:" + port + "/recent?ip=" + address(1 + i * 997L, HOPS));
      long start = System.nanoTime();
      Rollcall.send(HttpRequest.newBuilder(uri).build());
      millis.add((System.nanoTime() - start) / 1e6);
    }
    return millis.stream().sorted().toList().get(millis.size() / 2);
  }

  /// Sends for a time over all connections.
  ///
  /// @return when each request was acknowledged
  private static Answers send(int port, List<byte[]> bodies, Duration time)
      throws InterruptedException {
    Answers answers = new Answers();
    long end = System.nanoTime() + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      int first = i * BODIES / CONNECTIONS;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      connection(port, bodies, first, end, answers);
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return answers;
  }

  private static void connection(
      int port, List<byte[]> bodies, int first, long end, Answers answers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      byte[] answer = new byte[8192];
      for (int i = first; System.nanoTime() < end; i++) {
        byte[] body = bodies.get(i % BODIES);
        long start = System.nanoTime();
        out.write(
            ("POST /results HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        int length = in.read(answer);
        String said = new String(answer, 0, Math.max(0, length), StandardCharsets.US_ASCII);
        if (!said.startsWith("HTTP/1.1 200")) {
          throw new IOException("the collector answered: " + said);
        }
        answers.add(start);
      }
    }
  }

  /// The times of the answers on all connections.
  private static final class Answers {
    private final long began = System.nanoTime();
    private final List<Long> at = new ArrayList<>();
    private long longestRequest;

    synchronized void add(long sent) {
      long now = System.nanoTime();
      at.add(now - began);
      longestRequest = Math.max(longestRequest, now - sent);
    }

    synchronized long requests() {
      return at.size();
    }

    /// In nanoseconds, as the next one.
    synchronized long longestRequest() {
      return longestRequest;
    }

    /// The longest time without an answer.
    synchronized long longestSilence() {
      long longest = 0;
      for (int i = 1; i < at.size(); i++) {
        longest = Math.max(longest, at.get(i) - at.get(i - 1));
      }
      return longest;
    }

    /// Requests per second in each tenth of `time`.
    synchronized List<Double> tenths(Duration time) {
      double[] counts = new double[10];
      at.forEach(each -> counts[(int) Math.min(9, each * 10 / time.toNanos())]++);
      return Arrays.stream(counts).map(count -> count / (time.toNanos() / 1e10)).boxed().toList();
    }
  }

  private static List<byte[]> bodies() {
    List<byte[]> bodies = new ArrayList<>();
    for (int b = 0; b < BODIES; b++) {
      StringBuilder json = new StringBuilder("[");
      for (int r = 0; r < RESULTS; r++) {
        long seed = (long) b * RESULTS + r + 1;
        json.append(r == 0 ? "" : ",")
            .append("{\"ip\":\"")
            .append(address(seed, HOPS))
            .append("\",\"sent\":4,\"received\":4,\"packet_loss\":0,\"avg_rtt\":15000000,")
            .append(
                "\"timestamp\":\"2026-01-07T%02d:%02d:%02dZ\","
                    .formatted(seed / 3600 % 24, seed / 60 % 60, seed % 60))
            .append("\"traceroute\":{\"method\":\"icmp\",\"completed\":true,\"hops\":[");
        for (int h = 1; h <= HOPS; h++) {
          json.append(h == 1 ? "" : ",")
              .append("{\"ttl\":" + h + ",\"ip\":\"")
              .append(address(seed, h))
              .append("\",\"rtt\":" + (2_000_000 + h) + "}");
        }
        json.append("]}}");
      }
      bodies.add(json.append("]").toString().getBytes(StandardCharsets.US_ASCII));
    }
    return bodies;
  }

  private static long mix(long seed) {
    long x = (seed ^ seed >>> 33) * 0xff51afd7ed558ccdL;
    x = (x ^ x >>> 33) * 0xc4ceb9fe1a85ec53L;
    return (x ^ x >>> 33) & Long.MAX_VALUE;
  }

  /// As in ingest.c: there are few first hops, thousands of next ones, and the last is the target.
  private static String address(long seed, int hop) {
    long n = number(seed, hop);
    return "%d.%d.%d.%d"
        .formatted(hop == HOPS ? 20 : 100 + hop, n >> 16 & 255, n >> 8 & 255, n & 255);
  }

  private static long number(long seed, int hop) {
    if (hop == HOPS) {
      return mix(seed) % 1_000_000;
    }
    if (hop <= 3) {
      return mix(seed) % 8;
    }
    return mix(seed + hop) % (hop <= 6 ? 2_000 : 50_000);
  }
}
