package dev.rollcall.server.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.sql.TestDatabases;
import inet.ipaddr.IPAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class PoolStoreTest {
  private final TestDatabases engine;
  private TestPool pool;

  @TempDir Path folder;

  PoolStoreTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    pool = new TestPool(engine.withTables(folder, TestPool.MIGRATIONS));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void addsWhatIsNewAndOnlyOnce() {
    assertThat(pool.hops("8.8.8.8", "2606:4700::1111", "8.8.8.8", "::ffff:8.8.8.8")).isEqualTo(2);
    assertThat(pool.hops("8.8.8.8", "9.9.9.9")).isEqualTo(1);
    assertThat(pool.all()).containsExactlyInAnyOrder("8.8.8.8", "9.9.9.9", "2606:4700::1111");
    assertThat(pool.store.members()).isEqualTo(3);
  }

  @Test
  void keepsOutPrivateHopsWithoutAnError() {
    assertThat(pool.hops("10.0.0.1", "192.168.1.1", "64:ff9b::10.0.0.1", "8.8.8.8")).isEqualTo(1);
    assertThat(pool.all()).containsExactly("8.8.8.8");
  }

  @Test
  void handsOutTheNeverMeasuredFirstInTheirOrderAndThenTheLeastRecentlyMeasured() {
    pool.hops("1.0.0.1", "1.0.0.2", "1.0.0.3");
    IntakeResult first = pool.hand(2);
    assertThat(TestPool.texts(first)).containsExactly("1.0.0.1", "1.0.0.2");
    pool.clock.pass(Duration.ofMinutes(1));
    IntakeResult second = pool.hand(2, first.lease());
    assertThat(second.measured()).isEqualTo(2);
    assertThat(TestPool.texts(second)).containsExactly("1.0.0.3");
    pool.clock.pass(Duration.ofMinutes(1));
    assertThat(TestPool.texts(pool.hand(2, second.lease()))).isEmpty();

    pool.clock.pass(TestPool.INTERVAL);
    pool.hops("1.0.0.4");
    assertThat(pool.next(10)).containsExactly("1.0.0.4", "1.0.0.1", "1.0.0.2", "1.0.0.3");
  }

  @Test
  void givesBackWhatIsNotMeasuredBeforeItsLeaseRunsOut() {
    pool.hops("1.0.0.1");
    IntakeResult lost = pool.hand(1);
    assertThat(lost.until()).isEqualTo(pool.clock.wall().plus(TestPool.LEASE));
    pool.clock.pass(TestPool.LEASE.minusMillis(1));
    assertThat(pool.next(1)).isEmpty();
    pool.clock.pass(Duration.ofMillis(1));
    IntakeResult again = pool.hand(1);
    assertThat(TestPool.texts(again)).containsExactly("1.0.0.1");
    // The first node comes too late to say anything about it.
    assertThat(pool.hand(1, lost.lease()).measured()).isZero();
    assertThat(pool.hand(1, again.lease()).measured()).isEqualTo(1);
  }

  @Test
  void believesALateNodeWhoseTargetsNobodyElseHas() {
    pool.hops("1.0.0.1");
    IntakeResult late = pool.hand(1);
    pool.clock.pass(TestPool.LEASE.multipliedBy(3));
    IntakeResult answer = pool.hand(1, late.lease());
    assertThat(answer.measured()).isEqualTo(1);
    assertThat(answer.targets()).isEmpty();
    assertThat(answer.nextDue()).contains(pool.clock.wall().plus(TestPool.INTERVAL));
  }

  @Test
  void saysWhenThereIsMore() {
    assertThat(pool.hand(5).nextDue()).isEmpty();
    pool.hops("1.0.0.1", "1.0.0.2");
    assertThat(pool.hand(1).nextDue()).contains(Instant.EPOCH);
    assertThat(pool.hand(5).nextDue()).contains(pool.clock.wall().plus(TestPool.LEASE));
    assertThat(pool.hand(5).nextDue()).contains(pool.clock.wall().plus(TestPool.LEASE));
  }

  @Test
  void getsRoundToEveryTargetBeforeAnyComesTwice() {
    int targets = 500;
    pool.store.add(many(targets));
    List<String> seen = new ArrayList<>();
    IntakeResult intakeResult = pool.hand(7);
    while (seen.size() < 2 * targets) {
      if (intakeResult.targets().isEmpty()) {
        pool.clock.pass(TestPool.INTERVAL);
      }
      seen.addAll(TestPool.texts(intakeResult));
      pool.clock.pass(Duration.ofMillis(10));
      intakeResult = pool.hand(7, intakeResult.lease());
    }
    assertThat(seen.subList(0, targets)).doesNotHaveDuplicates();
    assertThat(seen.subList(targets, 2 * targets)).isEqualTo(seen.subList(0, targets));
  }

  @Test
  void neverHandsOneTargetToTwoNodes() throws Exception {
    pool.store.add(many(3_000));
    List<Callable<List<String>>> nodes =
        IntStream.range(0, 8)
            .<Callable<List<String>>>mapToObj(
                _ ->
                    () -> {
                      List<String> got = new ArrayList<>();
                      for (List<String> some = pool.next(37);
                          !some.isEmpty();
                          some = pool.next(37)) {
                        got.addAll(some);
                      }
                      return got;
                    })
            .toList();
    List<String> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<String>> node : threads.invokeAll(nodes)) {
        all.addAll(node.get());
      }
    }
    assertThat(all).hasSize(3_000).doesNotHaveDuplicates();
  }

  @Test
  void countsWhatManyAddAndRemoveAtOnce() throws Exception {
    List<Callable<Integer>> work =
        IntStream.range(0, 16)
            .<Callable<Integer>>mapToObj(
                turn ->
                    () -> {
                      List<Candidate> some = many(400).subList(turn * 20, turn * 20 + 100);
                      int added = pool.admission.enter(some).added();
                      pool.store.remove(addresses(some).subList(0, 10));
                      return added;
                    })
            .toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(work)) {
        assertThat(each.get()).isBetween(0, 100);
      }
    }
    long there = pool.number("SELECT COUNT(*) FROM target");
    assertThat(there).isPositive();
    assertThat(pool.store.members()).isEqualTo(there);
    assertThat(pool.number("SELECT SUM(members) FROM target_network")).isEqualTo(there);
  }

  @Test
  void holdsTheCapsOfPoolAndNetwork() {
    pool.close();
    pool = new TestPool(engine.fresh(folder.resolve("capped")), 5, 2);
    assertThat(pool.hops("1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.1.1")).isEqualTo(3);
    assertThat(pool.hops("2600::1", "2600:0:0:1::1", "2600::2", "2600:0:1::1", "1.0.2.1"))
        .isEqualTo(2);
    assertThat(pool.all())
        .containsExactlyInAnyOrder("1.0.0.1", "1.0.0.2", "1.0.1.1", "2600::1", "2600:0:0:1::1");
    assertThat(pool.store.remove(List.of(TestPool.address("1.0.0.1")))).containsExactly(true);
    assertThat(pool.hops("1.0.0.3", "1.0.0.4")).isEqualTo(1);
    assertThat(pool.store.remove(List.of(TestPool.address("1.0.0.1")))).containsExactly(false);
  }

  @Test
  void whatANodeRefusesIsNotMeasuredAndComesBackAfterTheInterval() {
    pool.hops("1.0.0.1", "1.0.0.2", "1.0.0.3");
    IntakeResult lease = pool.hand(2);
    assertThat(refuse(lease.lease(), "1.0.0.2", "1.0.0.3", "9.9.9.9"))
        .as("those of the lease")
        .isEqualTo(1);
    assertThat(pool.hand(5, lease.lease()).measured()).isEqualTo(1);
    assertThat(pool.store.list(9, 0))
        .extracting(target -> target.address() + " " + target.measured().isPresent())
        .containsExactly("1.0.0.1 true", "1.0.0.2 false", "1.0.0.3 false");
    assertThat(refuse(lease.lease(), "1.0.0.1")).as("measured").isZero();
    pool.clock.pass(TestPool.INTERVAL.minusSeconds(1));
    assertThat(pool.next(5)).containsExactly("1.0.0.3");
    pool.clock.pass(Duration.ofSeconds(1));
    assertThat(pool.next(5)).containsExactly("1.0.0.1", "1.0.0.2");
  }

  private int refuse(long lease, String... ips) {
    return pool.store.refuse(
        new Refusals("fra1", lease, Stream.of(ips).map(TestPool::address).toList()));
  }

  @Test
  void doesNotHandOutWhatThePolicyKeepsOutByNow() {
    pool.hops("1.0.0.1", "1.0.0.2", "1.0.0.3");
    pool.policy.optOut(TestPool.blocks("1.0.0.2/31"));
    IntakeResult intakeResult = pool.hand(2);
    assertThat(TestPool.texts(intakeResult)).containsExactly("1.0.0.1");
    assertThat(intakeResult.removed()).isEqualTo(2);
    assertThat(pool.all()).containsExactly("1.0.0.1");
    assertThat(pool.store.members()).isEqualTo(1);
  }

  @Test
  void sweepsOutWhatOptedOut() {
    pool.store.add(many(2_500));
    pool.hops("77.0.0.1", "2a00::1", "::ffff:78.0.0.1");
    try (Sweep sweep = new Sweep(pool.store, pool.policy, TestPool.metrics())) {
      List<IPAddress> blocks = TestPool.blocks("50.0.0.0/8", "77.0.0.1", "2a00::/16").all();
      pool.policy.optOut(new Blocks(blocks));
      sweep.over(() -> blocks);
      await().atMost(Duration.ofSeconds(30)).until(() -> pool.store.members() == 1);
    }
    assertThat(pool.all()).containsExactly("78.0.0.1");
    assertThat(pool.number("SELECT COUNT(*) FROM target_network")).isEqualTo(1);
  }

  @Test
  void listsPagesInTheOrderOfAddresses() {
    pool.hops("9.0.0.1", "1.0.0.1", "5.0.0.1");
    assertThat(pool.store.list(2, 0))
        .extracting(target -> target.address().toString())
        .containsExactly("1.0.0.1", "5.0.0.1");
    Target last = pool.store.list(2, 2).getFirst();
    assertThat(last.origin()).isEqualTo(Candidate.Origin.HOP);
    assertThat(last.measured()).isEmpty();
    assertThat(last.added()).isEqualTo(pool.clock.wall());
    assertThat(pool.store.list(2, 4)).isEmpty();
  }

  private static List<Candidate> many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "50.%d.%d.%d".formatted(i / 10_000, i / 100 % 100, i % 100 + 1))
        .map(text -> Candidate.hop(TestPool.address(text)))
        .toList();
  }

  private static List<IPAddress> addresses(List<Candidate> newcomers) {
    return newcomers.stream().map(Candidate::address).toList();
  }
}
