package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Pings beside fping, on the loopback interface of a network namespace: pings a second, their
/// times, and what many targets cost. It needs root.
final class IcmpPing implements Benchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int ALLOCATED = 500_000_000;
  private static final String NETWORK =
      "ip link set lo up && sysctl -qw net.ipv4.ping_group_range='0 2147483647' && exec \"$@\"";
  private static final Pattern ELAPSED = Pattern.compile("([\\d.]+) sec \\(elapsed real time\\)");
  private static final Pattern LOST = Pattern.compile("(\\d+) timeouts");
  private static final Pattern TIME = Pattern.compile("bytes, ([\\d.]+) ms");

  @Override
  public String name() {
    return "ping";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Table table = new Table();
    int rounds = Math.min(3, length.rounds());
    int warm = (int) Math.min(15, length.warm().toSeconds());
    int steady = (int) Math.min(15, length.steady().toSeconds());
    flood(stage, table, rounds, warm, steady);
    times(stage, table, rounds, (int) length.steady().toSeconds() * 1000);
    sweep(stage, table, length);
  }

  private static void flood(Stage stage, Table table, int rounds, int warm, int steady)
      throws IOException, InterruptedException {
    List<Double> anchors = new ArrayList<>();
    List<Double> ones = new ArrayList<>();
    List<Double> twos = new ArrayList<>();
    double lost = 0;
    for (int i = 0; i < rounds; i++) {
      anchors.add(fpings(stage, table));
      for (int shards : new int[] {1, 2}) {
        Map<String, Double> figures =
            java(
                stage, "-Xmx512m", "flood", String.valueOf(shards), seconds(warm), seconds(steady));
        (shards == 1 ? ones : twos).add(figure(figures, "rate"));
        lost += figure(figures, "lost");
        table.row(
            "rollcall, " + (shards == 1 ? "one shard" : "two shards"),
            "%.0f pings/s, %.0f lost, %.2f µs of CPU each (%.2f without compilers)",
            figure(figures, "rate"),
            figure(figures, "lost"),
            figure(figures, "cpu"),
            figure(figures, "cpu-without-compilers"));
      }
    }
    double one = median(ones) / median(anchors);
    table.verdict(
        one >= 1.5 && lost == 0,
        "%.2f times fping's pings a second on one shard, %.2f times on two, %.0f lost (asked: 1.5"
            + " and 0)",
        one,
        median(twos) / median(anchors),
        lost);
  }

  private static double fpings(Stage stage, Table table) throws IOException, InterruptedException {
    Child child =
        start(
            stage,
            Child.program("fping", "fping"),
            "-g",
            "127.1.0.0/16",
            "-i",
            "0",
            "-c",
            "1",
            "-q",
            "-s");
    String said = child.result(PATIENCE);
    double seconds = number(ELAPSED, said);
    double rate = 65_534 / seconds;
    table.row("fping -i 0 -c 1", "%.0f pings/s, %.0f lost", rate, number(LOST, said));
    return rate;
  }

  private static void times(Stage stage, Table table, int rounds, int count)
      throws IOException, InterruptedException {
    List<Double> medians = new ArrayList<>();
    List<Double> tails = new ArrayList<>();
    List<Double> anchorMedians = new ArrayList<>();
    List<Double> anchorTails = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      String said =
          start(
                  stage,
                  Child.program("fping", "fping"),
                  "-c",
                  String.valueOf(count),
                  "-p",
                  "1",
                  "-i",
                  "1",
                  "127.1.2.3")
              .result(PATIENCE);
      double[] times =
          TIME.matcher(said)
              .results()
              .mapToDouble(match -> Double.parseDouble(match.group(1)) * 1000)
              .sorted()
              .toArray();
      anchorMedians.add(times[times.length / 2]);
      anchorTails.add(times[times.length * 99 / 100]);
      table.row(
          "fping, 1,000/s",
          "p50 %.1f µs, p99 %.1f µs, max %.1f µs",
          times[times.length / 2],
          times[times.length * 99 / 100],
          times[times.length - 1]);
      Map<String, Double> figures =
          java(stage, "-Xmx256m", "rtt", String.valueOf(count), String.valueOf(ALLOCATED));
      medians.add(figure(figures, "p50"));
      tails.add(figure(figures, "p99"));
      table.row(
          "rollcall, 1,000/s, 500 MB/s allocated",
          "p50 %.1f µs, p99 %.1f µs, max %.1f µs, %.0f lost, %.0f collections, %.0f without stamp",
          figure(figures, "p50"),
          figure(figures, "p99"),
          figure(figures, "max"),
          figure(figures, "lost"),
          figure(figures, "collections"),
          figure(figures, "user-stamps"));
    }
    double more = median(medians) - median(anchorMedians);
    table.verdict(
        more <= 2 && median(tails) <= median(anchorTails),
        "RTT p50 %+.1f µs beside fping, p99 %.1f beside %.1f µs (asked: +2, and better)",
        more,
        median(tails),
        median(anchorTails));
  }

  private static void sweep(Stage stage, Table table, Length length)
      throws IOException, InterruptedException {
    int every = 10;
    int steady = (int) Math.max(every, length.steady().toSeconds() / every * every);
    Map<String, Double> figures =
        java(stage, "-Xmx96m", "sweep", "100000", seconds(every), seconds(every), seconds(steady));
    table.row(
        "100,000 targets every 10 s",
        "%.0f pings/s, %.0f of %.0f lost, %.1f %% of a core, %.0f MiB",
        figure(figures, "rate"),
        figure(figures, "lost"),
        figure(figures, "asked"),
        figure(figures, "core") * 100,
        figure(figures, "rss"));
    table.verdict(
        figure(figures, "core") < 0.3
            && figure(figures, "rss") < 256
            && figure(figures, "lost") == 0,
        "%.1f %% of a core, %.0f MiB, %.0f lost (asked: 30, 256, 0)",
        figure(figures, "core") * 100,
        figure(figures, "rss"),
        figure(figures, "lost"));
  }

  private static double figure(Map<String, Double> figures, String name) {
    Double figure = figures.get(name);
    if (figure == null) {
      throw new IllegalStateException("the run does not say its " + name);
    }
    return figure;
  }

  private static String seconds(int number) {
    return String.valueOf(number);
  }

  private static Child start(Stage stage, String... command) throws IOException {
    List<String> all =
        Stream.concat(Stream.of("unshare", "-n", "sh", "-c", NETWORK, "sh"), Arrays.stream(command))
            .toList();
    return stage.start("ping", all, Map.of());
  }

  private static Map<String, Double> java(Stage stage, String heap, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", heap));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(IcmpPingRun.class.getName());
    command.addAll(List.of(arguments));
    String said = start(stage, command.toArray(String[]::new)).result(PATIENCE);
    return said.lines()
        .filter(line -> line.contains("="))
        .map(line -> line.split("="))
        .collect(Collectors.toMap(pair -> pair[0], pair -> Double.valueOf(pair[1])));
  }

  private static double number(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .mapToDouble(match -> Double.parseDouble(match.group(1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("not understood: " + text));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
