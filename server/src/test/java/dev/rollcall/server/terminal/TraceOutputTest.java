package dev.rollcall.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.icmp.Hop;
import dev.rollcall.icmp.HopError;
import dev.rollcall.icmp.HopInterface;
import dev.rollcall.icmp.HopLabel;
import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.HopState;
import dev.rollcall.icmp.Trace;
import dev.rollcall.icmp.TraceEnd;
import dev.rollcall.icmp.TraceMethod;
import dev.rollcall.icmp.TracerOptions;
import dev.rollcall.server.address.ReverseNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceOutputTest {
  private static final InetAddress TARGET = InetAddress.ofLiteral("192.0.2.9");

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text, true);
  private final TracerOptions options =
      TracerOptions.defaults().withProbes(2, 2, Duration.ofSeconds(1));
  private final TracePlan plan =
      new TracePlan(
          "example",
          TARGET,
          options,
          1,
          Duration.ofSeconds(1),
          new HopNames(false),
          new AsNumbers());

  private static HopNode node(String address, int... micros) {
    return new HopNode(
        InetAddress.ofLiteral(address),
        Arrays.stream(micros).mapToObj(each -> Duration.ofNanos(each * 1000L)).toList(),
        false,
        Optional.empty(),
        List.of(),
        List.of(),
        OptionalInt.empty(),
        List.of(0));
  }

  private static Trace trace(TraceEnd end, Hop... hops) {
    return new Trace(
        TARGET, TraceMethod.ICMP, Instant.EPOCH, Duration.ofMillis(5), end, "", List.of(hops));
  }

  private static Hop hop(int ttl, HopState state, int sent, HopNode... nodes) {
    int answered = Arrays.stream(nodes).mapToInt(node -> node.rtts().size()).sum();
    return new Hop(ttl, state, List.of(nodes), sent, answered, 60);
  }

  @Test
  void writesALineForEachHopAsTracerouteDoes() throws Exception {
    HopNode detailed =
        new HopNode(
            InetAddress.ofLiteral("2001:db8::1"),
            List.of(Duration.ofMillis(12)),
            false,
            Optional.of(HopError.PROHIBITED),
            List.of(new HopLabel(17, 5, true, 1)),
            List.of(
                new HopInterface(
                    HopInterface.Role.INCOMING,
                    OptionalLong.of(7),
                    Optional.empty(),
                    Optional.of("eth0"),
                    OptionalInt.of(1500))),
            OptionalInt.of(1300),
            List.of(0));
    TraceLines lines = new TraceLines(plan, out);
    lines.begin();
    lines.finished(
        trace(
            TraceEnd.REACHED,
            hop(1, HopState.ANSWERED, 2, node("192.0.2.1", 31, 42)),
            hop(2, HopState.SILENT, 3),
            hop(3, HopState.RATE_LIMITED, 2),
            hop(4, HopState.ANSWERED, 2, detailed),
            hop(5, HopState.ANSWERED, 2, node("192.0.2.4", 100), node("192.0.2.5", 1500)),
            hop(6, HopState.ANSWERED, 2, node("192.0.2.9", 2000, 250_000))),
        new TraceStatistics());
    assertThat(text.toString().lines())
        .containsExactly(
            "traceroute to example (192.0.2.9), 30 hops max, 60 byte packets",
            " 1  192.0.2.1  0.031 ms  0.042 ms",
            " 2  * * *",
            " 3  * *  (limits its answers)",
            " 4  2001:db8::1 <MPLS:L=17,E=5,S=1,T=1> <INC 7 \"eth0\" mtu=1500> <next link:"
                + " mtu=1300>  12.0 ms !X *",
            " 5  192.0.2.4  0.100 ms 192.0.2.5  1.50 ms",
            " 6  192.0.2.9  2.00 ms  250 ms");
  }

  @Test
  void writesALineAsSoonAsItAndAllBeforeAreKnown() throws Exception {
    TraceLines lines = new TraceLines(plan, out);
    lines.answered(2, node("192.0.2.2", 20));
    lines.answered(2, node("192.0.2.2", 21));
    lines.answered(3, node("192.0.2.9", 30));
    lines.answered(4, node("192.0.2.9", 30));
    lines.answered(4, node("192.0.2.9", 30));
    lines.answered(1, node("192.0.2.1", 10));
    assertThat(text.toString()).isEmpty();
    lines.answered(1, node("192.0.2.1", 11));
    assertThat(text.toString().lines())
        .containsExactly(" 1  192.0.2.1  0.010 ms  0.011 ms", " 2  192.0.2.2  0.020 ms  0.021 ms");
    lines.answered(3, node("192.0.2.9", 31));
    lines.finished(
        trace(
            TraceEnd.REACHED,
            hop(1, HopState.ANSWERED, 2, node("192.0.2.1", 10, 11)),
            hop(2, HopState.ANSWERED, 2, node("192.0.2.2", 20, 21)),
            hop(3, HopState.ANSWERED, 2, node("192.0.2.9", 30, 31))),
        new TraceStatistics());
    assertThat(text.toString().lines()).hasSize(3).last().asString().startsWith(" 3  192.0.2.9");
  }

  @Test
  void saysHowATraceEndedThatDidNotReachItsTarget() throws Exception {
    TraceLines lines = new TraceLines(plan, out);
    for (TraceEnd end : TraceEnd.values()) {
      lines.finished(trace(end), new TraceStatistics());
    }
    assertThat(text.toString().lines().filter(line -> !line.isEmpty())).hasSize(5);
  }

  @Test
  void showsLossAndJitterOfAllRounds() throws Exception {
    TraceStatistics statistics = new TraceStatistics();
    TraceTable table = new TraceTable(plan, out, false);
    for (int i = 0; i < 4; i++) {
      HopNode[] first = i == 0 ? new HopNode[] {node("192.0.2.1", 10)} : new HopNode[0];
      Trace trace =
          trace(
              TraceEnd.REACHED,
              hop(1, HopState.ANSWERED, 1, first),
              hop(2, HopState.SILENT, 1),
              hop(3, HopState.ANSWERED, 1, node("192.0.2.9", 100 + i % 2 * 50)));
      statistics.add(trace);
      table.finished(trace, statistics);
    }
    assertThat(text.toString()).isEmpty();
    table.end(statistics);
    assertThat(text.toString().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly(
            "host loss sent last avg best worst jitter",
            "1. 192.0.2.1 75% 4 0.010 0.010 0.010 0.010 0.000 limits its answers",
            "2. (no answer) 100% 4 - - - - -",
            "3. 192.0.2.9 0% 4 0.150 0.125 0.100 0.150 0.050");
  }

  @Test
  void aTableFitsIntoANarrowTerminalAndWaitsForNoName() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    ReverseNames slow =
        new ReverseNames(
            4,
            _ -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return "too-late.example";
            });
    try (slow) {
      TracePlan named =
          new TracePlan(
              "example",
              TARGET,
              options,
              0,
              Duration.ofSeconds(1),
              new HopNames(true, slow),
              new AsNumbers());
      TraceTable table = new TraceTable(named, out, true, () -> new TerminalSize(24, 60));
      TraceStatistics statistics = new TraceStatistics();
      Trace trace =
          trace(TraceEnd.REACHED, hop(1, HopState.ANSWERED, 2, node("192.0.2.9", 30, 31)));
      for (int i = 0; i < 2; i++) {
        statistics.add(trace);
        table.finished(trace, statistics);
      }
      assertThat(never.getCount()).isOne();
      List<String> rows = List.of(text.toString().split("\n"));
      assertThat(rows)
          .hasSize(4)
          .allMatch(row -> row.replaceAll("\\033\\[\\d?[A-Z]|\r", "").length() <= 60);
      assertThat(rows.get(1))
          .isEqualTo(" 1. 192.0.2.9     0%     2    0.031    0.031    0.030\033[K");
      assertThat(rows.get(2)).startsWith("\r\033[2A");
    }
  }

  @Test
  void severalPathsAreWrittenOneBelowTheOther() throws Exception {
    TracePlan several =
        new TracePlan(
            "example",
            TARGET,
            options.withMultipath(),
            1,
            Duration.ofSeconds(1),
            new HopNames(false),
            new AsNumbers());
    new TraceLines(several, out)
        .finished(
            trace(
                TraceEnd.REACHED,
                hop(1, HopState.ANSWERED, 2, node("192.0.2.4", 100), node("192.0.2.5", 1500))),
            new TraceStatistics());
    assertThat(text.toString().lines())
        .containsExactly(" 1  192.0.2.4  0.100 ms", "    192.0.2.5  1.50 ms");
  }

  @Test
  void writesJson() throws Exception {
    TraceJson json = new TraceJson(plan, out);
    Trace trace = trace(TraceEnd.REACHED, hop(1, HopState.ANSWERED, 2, node("192.0.2.9", 30, 31)));
    TraceStatistics statistics = new TraceStatistics();
    statistics.add(trace);
    json.finished(trace, statistics);
    statistics.add(trace);
    json.end(statistics);
    assertThat(text.toString().lines())
        .satisfiesExactly(
            one ->
                assertThat(one)
                    .isEqualTo(
                        "{\"type\":\"trace\",\"host\":\"example\",\"address\":\"192.0.2.9\","
                            + "\"method\":\"icmp\",\"started_at\":\"1970-01-01T00:00:00Z\","
                            + "\"took_ms\":5.0,\"reached\":true,\"end\":\"reached\",\"hops\":["
                            + "{\"ttl\":1,\"state\":\"answered\",\"sent\":2,\"answered\":2,"
                            + "\"nodes\":[{\"address\":\"192.0.2.9\",\"rtts_ms\":[0.03,0.031]}]}]}"),
            all -> assertThat(all).startsWith("{\"type\":\"summary\"").contains("\"traces\":2"));
  }

  @Test
  void findsTheNumberOfTheSmallestBlockAround(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("as");
    Files.writeString(
        file,
        """
        # blocks
        192.0.0.0/16 64500
        192.0.2.0/24\tAS64501 Example Ltd

        2001:db8::/32 4200000000
        """);
    AsNumbers numbers = AsNumbers.of(file);
    assertThat(numbers.shown(TARGET)).isEqualTo(" [AS64501]");
    assertThat(numbers.of(InetAddress.ofLiteral("192.0.3.1"))).hasValue(64500);
    assertThat(numbers.of(InetAddress.ofLiteral("2001:db8::1"))).hasValue(4_200_000_000L);
    assertThat(numbers.of(InetAddress.ofLiteral("198.51.100.1"))).isEmpty();
    Files.writeString(file, "192.0.2.0/24 64500\nnonsense\n");
    assertThatThrownBy(() -> AsNumbers.of(file))
        .hasMessage("line 2 is not understood: write it as 192.0.2.0/24 64500");
  }
}
