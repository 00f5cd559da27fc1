package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.node.Assignments.Lease;
import dev.rollcall.server.node.Measurement.TraceMethod;
import dev.rollcall.server.node.MeasuringNode.Limits;
import dev.rollcall.server.node.MeasuringNode.Links;
import dev.rollcall.server.node.NodeSettings.Families;
import dev.rollcall.server.node.NodeSettings.PingSettings;
import dev.rollcall.server.node.ResultReceiver.Outcome;
import dev.rollcall.server.sql.TestClock;
import inet.ipaddr.IPAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuringNodeTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final StandIn standIn = new StandIn(1);
  private final Deque<Lease> leases = new ArrayDeque<>();
  private final List<Long> done = new ArrayList<>();
  private final List<Integer> asked = new ArrayList<>();
  private volatile Duration slept = Duration.ZERO;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private Predicate<IPAddress> assigned = _ -> true;
  private Executor threads = Runnable::run;
  private Optional<NoAnswer> poolSays = Optional.empty();
  private List<MeasuringNode> open = new ArrayList<>();

  private final Assignments pool =
      new Assignments() {
        @Override
        public Lease next(int limit) {
          asked.add(limit);
          poolSays.ifPresent(
              none -> {
                throw none;
              });
          return leases.isEmpty() ? Lease.none(MINUTE) : leases.remove();
        }

        @Override
        public void done(Lease lease) {
          if (lease.number() > 0) {
            done.add(lease.number());
          }
        }
      };

  @AfterEach
  void close() {
    open.forEach(MeasuringNode::close);
  }

  private static List<IPAddress> addresses(String... texts) {
    return Stream.of(texts).map(text -> Addresses.parse(text).orElseThrow()).toList();
  }

  private static Lease lease(long number, String... targets) {
    return new Lease(addresses(targets), Optional.of(MINUTE), Duration.ZERO, number);
  }

  private NodeSettings settings(Optional<Output> output, int rate, String... targets) {
    return new NodeSettings(
        "fra1",
        output,
        Optional.empty(),
        Optional.empty(),
        List.of(targets),
        MINUTE,
        new PingSettings(4, Duration.ofSeconds(1), Duration.ofSeconds(2), TraceMethod.ICMP, 30, 2),
        rate,
        Families.BOTH,
        Blocks.NONE,
        Blocks.NONE,
        Optional.empty(),
        folder.resolve("spool"),
        1_000_000);
  }

  private MeasuringNode node(NodeSettings settings, Measurer measurer) {
    MeasuringNode node =
        new MeasuringNode(
            settings,
            "1.0",
            measurer,
            task -> threads.execute(task),
            new Links(
                Optional.of(pool), Optional.of((_, _) -> new Outcome.Stored()), Optional.empty()),
            new Limits(address -> assigned.test(address), _ -> true),
            registry,
            () -> Optional.of(slept),
            clock);
    open.add(node);
    return node;
  }

  /// Until the rate allows more.
  private void roundAfterAPause(MeasuringNode node) throws InterruptedException {
    clock.pass(Duration.ofMillis(100));
    node.round();
  }

  private Output.Append file() {
    return new Output.Append(folder.resolve("results.jsonl"));
  }

  private List<String> lines() throws Exception {
    return Files.readAllLines(file().file());
  }

  @Test
  void reportsALeaseAsDoneAfterItsResultsAreSafe() throws Exception {
    MeasuringNode node = node(settings(Optional.of(file()), 1_000), standIn);
    leases.add(lease(7, "198.51.100.1", "2001:db8::1"));
    assertThat(node.round()).isLessThan(Duration.ofSeconds(1));
    assertThat(done).containsExactly(7L);
    assertThat(lines())
        .hasSize(2)
        .first()
        .isEqualTo(
            "{\"ip\":\"198.51.100.1\",\"sent\":4,\"received\":4,\"packet_loss\":0,\"avg_rtt\":1,"
                + "\"timestamp\":\"2026-11-29T12:00:00Z\",\"traceroute\":{\"method\":\"icmp\","
                + "\"completed\":true,\"hops\":[{\"ttl\":1,\"ip\":\"198.51.100.254\",\"rtt\":1000},"
                + "{\"ttl\":2,\"timeout\":true},{\"ttl\":3,\"ip\":\"198.51.100.1\",\"rtt\":1}]}}");
    clock.pass(Duration.ofMillis(100));
    assertThat(node.round()).isEqualTo(MINUTE);
  }

  @Test
  void measuresNothingMoreUntilResultsAreSafe() throws Exception {
    Files.createDirectory(file().file());
    MeasuringNode node = node(settings(Optional.of(file()), 1_000), standIn);
    leases.add(lease(7, "198.51.100.1"));
    leases.add(lease(8, "198.51.100.2"));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(node::round).hasMessageContaining("results.jsonl cannot be written");
    }
    assertThat(standIn.measured).containsExactly("198.51.100.1");
    assertThat(done).isEmpty();
    Files.delete(file().file());
    node.round();
    roundAfterAPause(node);
    assertThat(done).containsExactly(7L, 8L);
    assertThat(lines()).hasSize(2);
  }

  @Test
  void endsALineThatAKillHasLeftIncomplete() throws Exception {
    Files.writeString(file().file(), "{\"ip\":\"198.5");
    leases.add(lease(7, "198.51.100.1"));
    node(settings(Optional.of(file()), 1_000), standIn).round();
    assertThat(lines()).hasSize(2).last().asString().startsWith("{\"ip\":\"198.51.100.1\"");
  }

  @Test
  void measuresOnlyWhatItMay() throws Exception {
    assigned = address -> !Addresses.text(address).equals("198.51.100.2");
    MeasuringNode node = node(settings(Optional.of(file()), 1_000), standIn);
    leases.add(lease(7, "198.51.100.1", "198.51.100.2"));
    leases.add(lease(8, "198.51.100.2"));
    node.round();
    roundAfterAPause(node);
    assertThat(standIn.measured).containsExactly("198.51.100.1");
    assertThat(done)
        .as("what it does not measure is not assigned to it at once again")
        .containsExactly(7L, 8L);
  }

  @Test
  void sendsNoFasterThanItsRateWhateverThePoolSays() throws Exception {
    MeasuringNode node = node(settings(Optional.of(file()), 10), standIn);
    Duration waited = Duration.ZERO;
    int rounds = 20;
    for (int i = 0; i < rounds; i++) {
      leases.add(
          new Lease(
              addresses("198.51.100.1", "198.51.100.3"), Optional.empty(), Duration.ZERO, i + 1));
      Duration pause = node.round();
      waited = waited.plus(pause);
      clock.pass(pause);
    }
    double packets = rounds * 2 * 7.0;
    assertThat(packets / (waited.toMillis() / 1000.0)).isBetween(9.5, 11.0);
    assertThat(asked).as("it asks for what it can send in two seconds").containsOnly(1, 2);
  }

  @Test
  void asksForNoMoreThanAThousandTargets() throws Exception {
    node(settings(Optional.of(file()), 1_000_000), standIn).round();
    assertThat(asked).containsExactly(1_000);
  }

  @Test
  void reportsNothingAsDoneIfTheLeaseHasRunOut() throws Exception {
    MeasuringNode node =
        node(
            settings(Optional.of(file()), 1_000),
            targets -> {
              clock.pass(MINUTE);
              return standIn.measure(targets);
            });
    leases.add(lease(7, "198.51.100.1"));
    node.round();
    assertThat(done).isEmpty();
    assertThat(lines()).as("the results are right all the same").hasSize(1);
  }

  @Test
  void discardsWhatWasMeasuredWhileTheMachineSlept() throws Exception {
    MeasuringNode node =
        node(
            settings(Optional.of(file()), 1_000),
            targets -> {
              slept = Duration.ofHours(2);
              return standIn.measure(targets);
            });
    leases.add(lease(7, "198.51.100.1"));
    leases.add(lease(8, "198.51.100.1"));
    node.round();
    assertThat(done).isEmpty();
    assertThat(file().file()).doesNotExist();
    roundAfterAPause(node);
    assertThat(done).containsExactly(8L);
    assertThat(lines()).hasSize(1);
  }

  @Test
  void measuresTargetsOfItsOwnAtTheirIntervalAndDoesNotMakeUpForASleep() throws Exception {
    MeasuringNode node =
        node(settings(Optional.of(file()), 1_000, "198.51.100.7", "2001:db8::7"), standIn);
    node.round();
    node.round();
    assertThat(standIn.measured).as("there is a pool beside").hasSize(2);
    clock.pass(MINUTE);
    node.round();
    assertThat(standIn.measured).hasSize(4);
    clock.pass(Duration.ofHours(5));
    node.round();
    node.round();
    node.round();
    assertThat(standIn.measured).hasSize(6);
  }

  @Test
  void targetsOfItsOwnDoNotWaitForAPoolThatAsksForAnHour() throws Exception {
    poolSays = Optional.of(new NoAnswer("the pool answers 503", Optional.of(Duration.ofDays(9))));
    MeasuringNode node =
        node(settings(Optional.of(file()), 1_000, "198.51.100.7", "2001:db8::7"), standIn);
    for (int minute = 1; minute <= 60; minute++) {
      node.round();
      roundAfterAPause(node);
      assertThat(standIn.measured).hasSize(2 * minute);
      assertThat(asked).as("the pool is left alone").hasSize(1);
      assertThat(node.notes().getFirst().problem().get()).contains("the pool answers 503");
      clock.pass(MINUTE);
    }
    poolSays = Optional.empty();
    leases.add(lease(7, "198.51.100.1"));
    node.round();
    roundAfterAPause(node);
    roundAfterAPause(node);
    assertThat(done).containsExactly(7L);
    assertThat(node.notes().getFirst().problem().get()).isEmpty();
  }

  @Test
  void targetsOfItsOwnDoNotWaitForAPoolThatDoesNotEndItsAnswer() throws Exception {
    MeasuringNode node =
        node(settings(Optional.of(file()), 1_000, "198.51.100.7", "2001:db8::7"), standIn);
    node.round();
    List<Runnable> hanging = new ArrayList<>();
    threads = hanging::add;
    roundAfterAPause(node);
    threads = Runnable::run;
    assertThat(hanging).as("the pool is asked").hasSize(1);
    for (int minute = 2; minute <= 4; minute++) {
      clock.pass(MINUTE);
      node.round();
      roundAfterAPause(node);
      assertThat(standIn.measured).hasSize(2 * minute);
    }
    leases.add(lease(7, "198.51.100.1"));
    hanging.getFirst().run();
    roundAfterAPause(node);
    assertThat(standIn.measured).as("the answer has come").hasSize(9);
  }

  @Test
  void noticesThatTheSpoolIsThatOfAnotherNode() {
    node(settings(Optional.empty(), 1_000), standIn);
    PrometheusRegistry other = new PrometheusRegistry();
    assertThatThrownBy(
            () ->
                new MeasuringNode(
                    settings(Optional.empty(), 1_000),
                    "1.0",
                    standIn,
                    new Links(
                        Optional.of(pool),
                        Optional.of((_, _) -> new Outcome.Stored()),
                        Optional.empty()),
                    new Limits(_ -> true, _ -> true),
                    other,
                    Optional::empty,
                    clock))
        .hasMessageContaining("is in use by another Rollcall");
  }
}
