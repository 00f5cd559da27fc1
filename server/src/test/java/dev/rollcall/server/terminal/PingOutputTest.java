package dev.rollcall.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PingOutputTest {
  private static final InetAddress HOST = InetAddress.ofLiteral("192.0.2.7");
  private static final InetAddress ROUTER = InetAddress.ofLiteral("192.0.2.1");

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);
  private final PingPlan plan =
      new PingPlan(
          List.of(
              new PingPlan.Target("shop.example", HOST), new PingPlan.Target("192.0.2.1", ROUTER)),
          4,
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Optional.empty(),
          64);
  private final List<PingTally> tallies = List.of(new PingTally(), new PingTally());

  private static PingResult reply(PingStatus status, long nanos) {
    return new PingResult(HOST, 0, status, nanos, 0, 1_000_000_000, 57, HOST, -1, -1, "");
  }

  private static PingResult silent(PingStatus status, String reason) {
    return new PingResult(HOST, 0, status, -1, 0, 1_000_000_000, -1, null, -1, -1, reason);
  }

  private static PingResult unreachable() {
    return new PingResult(
        HOST,
        0,
        PingStatus.UNREACHABLE,
        2_000_000,
        0,
        1_000_000_000,
        -1,
        ROUTER,
        3,
        1,
        "destination host unreachable");
  }

  private void show(PingOutput output, PingResult... results) {
    output.begin();
    for (int i = 0; i < results.length; i++) {
      tallies.getFirst().add(results[i]);
      output.result(0, i + 1, results[i], tallies.getFirst());
    }
    output.end(tallies, 3004);
  }

  @Test
  void linesAreThoseOfPing() {
    show(
        new PingLines(plan, out),
        reply(PingStatus.REPLY, 11_640_000),
        reply(PingStatus.DUPLICATE, 11_900_000),
        unreachable(),
        silent(PingStatus.TIMEOUT, "no reply in time"),
        silent(PingStatus.NOT_SENT, "network is unreachable (ENETUNREACH)"),
        silent(PingStatus.UNKNOWN, "the receive buffer here was full"),
        reply(PingStatus.LATE, 2_500_000_000L),
        reply(PingStatus.CORRUPT, 31_000));
    assertThat(text.toString().lines())
        .startsWith(
            "PING shop.example (192.0.2.7) 56(84) bytes of data.",
            "PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.",
            "64 bytes from 192.0.2.7: icmp_seq=1 ttl=57 time=11.6 ms",
            "64 bytes from 192.0.2.7: icmp_seq=2 ttl=57 time=11.9 ms (DUP!)",
            "From 192.0.2.1 icmp_seq=3 Destination Host Unreachable",
            "Request timeout for 192.0.2.7 icmp_seq=4",
            "192.0.2.7 icmp_seq=5 not sent: network is unreachable (ENETUNREACH)",
            "192.0.2.7 icmp_seq=6 unknown: the receive buffer here was full",
            "64 bytes from 192.0.2.7: icmp_seq=7 ttl=57 time=2500 ms (late)",
            "64 bytes from 192.0.2.7: icmp_seq=8 ttl=57 time=0.031 ms (corrupt)",
            "",
            "--- shop.example ping statistics ---",
            "5 packets transmitted, 2 received, +1 duplicates, +1 late, 1 corrupt, +1 errors, 1 not"
                + " sent, 1 unknown, 50% packet loss, time 3004ms",
            "rtt min/avg/max/mdev = 11.640/11.640/11.640/0.000 ms");
  }

  @Test
  void whatIsOnItsWayAtTheEndWasSentAndIsNotLost() {
    tallies.getFirst().add(reply(PingStatus.REPLY, 1_000_000));
    tallies.getFirst().addAwaited();
    new PingLines(plan, out).end(tallies, 1004);
    assertThat(text.toString())
        .contains(
            "2 packets transmitted, 1 received, 1 not answered yet, 0% packet loss, time 1004ms\n");
  }

  @Test
  void manyRepliesHaveAHistogram() {
    show(
        new PingLines(plan, out),
        IntStream.range(0, 100)
            .mapToObj(i -> reply(PingStatus.REPLY, i < 90 ? 1_000_000 : 4_000_000))
            .toArray(PingResult[]::new));
    assertThat(text.toString())
        .contains("rtt min/avg/max/mdev = 1.000/1.300/4.000/0.900 ms")
        .containsPattern("rtt p50/p90/p99 = 1\\.0\\d\\d/1\\.0\\d\\d/4\\.000 ms")
        .containsPattern(" 0\\.983 to +1\\.180 ms #{40} 90\n")
        .containsPattern(" ms #{4} 10\n");
  }

  @Test
  void aSweepNamesThoseThatAreThere() {
    show(new PingSweep(plan, out), reply(PingStatus.REPLY, 350_000), reply(PingStatus.REPLY, 1));
    assertThat(text.toString().lines())
        .startsWith(
            "192.0.2.7 is alive (0.350 ms)",
            "",
            "2 targets: 1 alive, 0 unreachable, 0 not sent, 0 silent, 1 not asked, time 3004ms");
  }

  @Test
  void aSweepThatWasStoppedSaysWhatItDoesNotKnow() {
    tallies.getFirst().addAwaited();
    new PingSweep(plan, out).end(tallies, 4);
    assertThat(text.toString())
        .contains(
            "2 targets: 0 alive, 0 unreachable, 0 not sent, 0 silent, 1 not answered yet, 1 not"
                + " asked, time 4ms");
  }

  @Test
  void aTableIsShownInItsPlace() {
    PingTable table = new PingTable(plan, out, () -> new TerminalSize(24, 120));
    table.refresh(tallies);
    show(table, reply(PingStatus.REPLY, 350_000), silent(PingStatus.TIMEOUT, "no reply in time"));
    assertThat(text.toString())
        .contains("\r\033[3A") // where the terminal may have shown ^C
        .contains("\033[K\n\033[J\n")
        .containsPattern("shop.example \\(192.0.2.7\\) +2 +1 +50% +0.350 +0.350 .* no reply")
        .containsPattern("192.0.2.1 +0 +0 +0% +- ");
  }

  @Test
  void aTableFitsIntoATerminalThatIsNarrowAndLow() {
    List<PingPlan.Target> hosts =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    new PingPlan.Target(
                        "a-host-with-a-long-name-" + i + ".example.org",
                        InetAddress.ofLiteral("2001:db8::" + i)))
            .toList();
    PingPlan many =
        new PingPlan(hosts, 4, Duration.ofSeconds(1), Duration.ofSeconds(2), Optional.empty(), 64);
    List<PingTally> all = hosts.stream().map(_ -> new PingTally()).toList();
    all.getFirst().add(unreachable());
    PingTable table = new PingTable(many, out, () -> new TerminalSize(6, 60));
    table.refresh(all);
    table.refresh(all);
    List<String> rows = List.of(text.toString().split("\n"));
    assertThat(rows)
        .hasSize(10)
        .allMatch(row -> row.replaceAll("\\033\\[\\d?[A-Z]|\r", "").length() <= 60);
    assertThat(rows.get(1)).contains(" 1     0  100%"); // the name leaves room for the figures
    assertThat(rows.get(4)).startsWith("... and 7 more, at the end");
    assertThat(rows.get(5)).startsWith("\r\033[5Ahost"); // as many rows as were shown
    table.end(all, 3004);
    assertThat(text.toString()).contains("\na-host-with-a-long-name-9");
  }

  @Test
  void jsonHasALineForEachResultAndEachHost() {
    show(new PingJson(plan, out), reply(PingStatus.REPLY, 350_000), unreachable());
    List<JsonNode> lines =
        text.toString().lines().map(line -> new JsonMapper().readTree(line)).toList();
    assertThat(lines.get(0).toString())
        .isEqualTo(
            "{\"type\":\"result\",\"host\":\"shop.example\",\"address\":\"192.0.2.7\",\"seq\":1,"
                + "\"status\":\"reply\",\"sent_at\":\"1970-01-01T00:00:01Z\",\"rtt_ms\":0.35,"
                + "\"error_ms\":0.0,\"ttl\":57,\"from\":\"192.0.2.7\"}");
    assertThat(lines.get(1).get("reason").stringValue()).isEqualTo("destination host unreachable");
    assertThat(lines.get(1).get("icmp_type").intValue()).isEqualTo(3);
    assertThat(lines.get(2).get("loss_percent").doubleValue()).isEqualTo(50);
    assertThat(lines.get(2).at("/rtt_ms/p99").doubleValue()).isEqualTo(0.35);
    assertThat(lines.get(3).has("rtt_ms")).isFalse();
  }

  @Test
  void theTimesOfALargeSweepTakeLittleMemory() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    List<PingTally> tallies = new ArrayList<>();
    for (int i = 0; i < 65_536; i++) {
      PingTally tally = new PingTally();
      if (i % 16 == 0) {
        tally.rtts.add(1_000_000 + i);
        tally.rtts.add(500_000_000);
      }
      tallies.add(tally);
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / tallies.size();
    assertThat(each).as("bytes").isLessThan(300);
    assertThat(PingSummary.all(tallies).total()).isEqualTo(8_192);
  }

  @Test
  void aQuantileIsAtMostAnEighthTooLarge() {
    RttHistogram rtts = new RttHistogram();
    for (long nanos = 1; nanos <= 100_000; nanos++) {
      rtts.add(nanos);
    }
    for (double part : new double[] {0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 1}) {
      assertThat(rtts.quantile(part)).isBetween(part * 100_000, part * 100_000 * 1.126);
    }
    assertThat(rtts.mean()).isEqualTo(50_000.5);
  }
}
