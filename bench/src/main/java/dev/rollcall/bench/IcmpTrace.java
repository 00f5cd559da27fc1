package dev.rollcall.bench;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.NetworkLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Traces beside scamper, to many targets behind three routers, which are network namespaces. It
/// needs root.
final class IcmpTrace implements Benchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String FASTEST = "10000"; // packets a second, more scamper does not accept
  private static final double ASKED = 6;

  @Override
  public String name() {
    return "trace";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Table table = new Table();
    int targets = length.equals(Length.SHORT) ? 5_000 : 40_000;
    try (NetworkLab lab = NetworkLab.open()) {
      LabNode source = lab.node("source");
      LabNode before = source;
      for (int i = 1; i <= 3; i++) {
        LabNode router = lab.node("r" + i);
        lab.link(before, router);
        before = router;
      }
      lab.link(before, lab.node("target").block4("10.78.0.0/16"));
      lab.build();
      List<Double> anchors = new ArrayList<>();
      List<Double> all = new ArrayList<>();
      List<Double> remembering = new ArrayList<>();
      double incomplete = 0;
      for (int i = 0; i < Math.min(3, length.rounds()); i++) {
        anchors.add(scamper(stage, table, source, targets));
        for (boolean remember : new boolean[] {false, true}) {
          Map<String, Double> figures = rollcall(stage, source, targets, remember);
          (remember ? remembering : all).add(figure(figures, "rate"));
          incomplete += figure(figures, "incomplete");
          table.row(
              "rollcall, " + (remember ? "routers nearby remembered" : "all routers asked"),
              "%,.0f traces/s, %.1f probes each, %.0f incomplete, %.1f µs of CPU each",
              figure(figures, "rate"),
              figure(figures, "probes"),
              figure(figures, "incomplete"),
              figure(figures, "cpu"));
        }
      }
      double times = median(all) / median(anchors);
      table.verdict(
          times >= ASKED && incomplete == 0,
          "%.1f times scamper's traces a second, %.1f times with routers remembered, %.0f"
              + " incomplete (asked: 6 and 0)",
          times,
          median(remembering) / median(anchors),
          incomplete);
    }
  }

  private static double scamper(Stage stage, Table table, LabNode source, int targets)
      throws IOException, InterruptedException {
    String program = Child.program("scamper", "scamper");
    Path folder = stage.folder("scamper");
    Path addresses = folder.resolve("addresses");
    Files.write(addresses, IntStream.range(0, targets).mapToObj(IcmpTrace::address).toList());
    Path output = folder.resolve("traces");
    List<String> command =
        source.command(
            List.of(
                program,
                "-c",
                "trace -P icmp-paris -q 1",
                "-p",
                FASTEST,
                "-w",
                "1000",
                "-O",
                "text",
                "-o",
                output.toString(),
                "-f",
                addresses.toString()));
    long start = System.nanoTime();
    stage.start("scamper", command, Map.of()).result(PATIENCE);
    double seconds = (System.nanoTime() - start) / 1e9;
    long found;
    try (var lines = Files.lines(output)) {
      found = lines.filter(line -> line.startsWith("traceroute from")).count();
    }
    if (found != targets) {
      throw new IllegalStateException("scamper wrote " + found + " traces of " + targets);
    }
    table.row("scamper -P icmp-paris -p " + FASTEST, "%,.0f traces/s", targets / seconds);
    return targets / seconds;
  }

  /// The target of a number.
  static String address(int number) {
    return "10.78." + number / 250 + "." + (number % 250 + 1);
  }

  private static Map<String, Double> rollcall(
      Stage stage, LabNode source, int targets, boolean remember)
      throws IOException, InterruptedException {
    List<String> command =
        source.command(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                IcmpTraceRun.class.getName(),
                String.valueOf(targets),
                String.valueOf(remember)));
    String said = stage.start("trace", command, Map.of()).result(PATIENCE);
    return said.lines()
        .filter(line -> line.contains("="))
        .map(line -> line.split("="))
        .collect(Collectors.toMap(pair -> pair[0], pair -> Double.valueOf(pair[1])));
  }

  private static double figure(Map<String, Double> figures, String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
