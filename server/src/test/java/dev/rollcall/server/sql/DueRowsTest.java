package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class DueRowsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final TestDatabases engine;
  private final TestClock clock = new TestClock();

  private Database database;
  private GroupCommit commits;
  private Jobs jobs;

  DueRowsTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(directory, clock, Things.MIGRATION);
    commits = new GroupCommit(database);
    jobs = new Jobs(database, commits, clock);
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  @Test
  void claimsWhatIsDueTheLongestDueFirst() {
    Instant now = clock.wall();
    jobs.add(10, now, MINUTE);
    List<Lease<Duration>> claimed = jobs.due.claim(now.plusMillis(4), 3);
    assertThat(claimed).extracting(Lease::key).containsExactly(0L, 1L, 2L);
    assertThat(claimed).extracting(Lease::due).startsWith(now, now.plusMillis(1));
    assertThat(claimed).extracting(Lease::fence).containsOnly(1L);
    assertThat(claimed).extracting(Lease::row).containsOnly(MINUTE);
    assertThat(jobs.due.claim(now.plusMillis(4), 9)).extracting(Lease::key).containsExactly(3L, 4L);
    assertThat(jobs.due.claim(now.plusMillis(4), 9)).isEmpty();
  }

  @Test
  void knowsWhenTheNextRowIsDue() {
    assertThat(jobs.due.earliest()).isEmpty();
    jobs.add(2, clock.wall().plus(MINUTE), MINUTE);
    assertThat(jobs.due.earliest()).contains(clock.wall().plus(MINUTE));
  }

  @Test
  void writesNothingWhereNothingIsDue() {
    jobs.add(2, clock.wall().plus(MINUTE), MINUTE);
    commits.close(); // whoever writes now is refused
    assertThat(jobs.due.claim(clock.wall(), 9)).isEmpty();
  }

  @Test
  void makesAFinishedRowDueOnItsNextPhase() {
    Instant now = clock.wall();
    jobs.add(1, now, MINUTE);
    Lease<Duration> lease = jobs.due.claim(now, 1).getFirst();
    assertThat(jobs.finish(lease, now.plusSeconds(61))).isTrue();
    assertThat(jobs.due.earliest()).contains(now.plusSeconds(120));
  }

  @Test
  void makesAFinishedRowDueSoonerWhereThatIsWanted() {
    Instant now = clock.wall();
    jobs.add(1, now, MINUTE);
    Lease<Duration> lease = jobs.due.claim(now, 1).getFirst();
    Batch<Lease.Finish, Boolean> finishing = jobs.due::finish;
    Lease.Finish soon =
        new Lease.Finish(lease.key(), lease.fence(), now, Optional.of(now.plusSeconds(10)));
    assertThat(commits.write(finishing, soon)).isTrue();
    assertThat(jobs.due.earliest()).contains(now.plusSeconds(10));
  }

  @Test
  void finishesSeveralTimesUnderOneClaimAsLongAsNobodyElseClaims() {
    jobs.add(1, clock.wall(), MINUTE);
    Lease<Duration> lease = jobs.due.claim(clock.wall(), 1).getFirst();
    Batch<Lease.Finish, Boolean> finishing = jobs.due::finish;
    assertThat(commits.write(finishing, lease.finish(clock.wall()))).isTrue();
    assertThat(commits.write(finishing, lease.finish(clock.wall()))).isTrue();
  }

  @Test
  void finishesARunThoughThisProcessItselfHasClaimedAgain() {
    jobs.add(1, clock.wall(), MINUTE);
    Lease<Duration> first = jobs.due.claim(clock.wall(), 1).getFirst();
    clock.pass(Duration.ofSeconds(90));
    assertThat(jobs.due.claim(clock.wall(), 1)).hasSize(1);
    assertThat(jobs.finish(first, clock.wall())).isTrue();
  }

  @Test
  void finishesAllRunsThatWaitedThoughThisProcessItselfHasClaimedAgain() {
    jobs.add(1, clock.wall(), MINUTE);
    Lease<Duration> first = jobs.due.claim(clock.wall(), 1).getFirst();
    clock.pass(Duration.ofSeconds(90));
    Lease<Duration> second = jobs.due.claim(clock.wall(), 1).getFirst();
    Batch<Lease.Finish, Boolean> finishing = jobs.due::finish;
    assertThat(commits.write(finishing, first.finish(clock.wall()))).isTrue();
    assertThat(commits.write(finishing, first.finish(clock.wall()))).isTrue();
    assertThat(commits.write(finishing, second.finish(clock.wall()))).isTrue();
  }

  @Test
  void throwsAwayAFinishThatComesAfterAnotherClaim() {
    jobs.add(1, clock.wall(), MINUTE);
    Jobs other = new Jobs(database, commits, clock);
    Lease<Duration> slow = jobs.due.claim(clock.wall(), 1).getFirst();
    clock.pass(Duration.ofSeconds(90));
    Lease<Duration> second = other.due.claim(clock.wall(), 1).getFirst();
    assertThat(second.fence()).isEqualTo(2);
    assertThat(jobs.finish(slow, clock.wall())).isFalse();
    assertThat(other.finish(second, clock.wall())).isTrue();
  }

  @Test
  void acceptsALateFinishWhenNobodyElseClaimed() {
    jobs.add(1, clock.wall(), MINUTE);
    Lease<Duration> slow = jobs.due.claim(clock.wall(), 1).getFirst();
    clock.pass(Duration.ofHours(1));
    assertThat(jobs.finish(slow, clock.wall())).isTrue();
  }

  @Test
  void throwsAwayAFinishOfAProcessThatStoodStillAndHasClaimedAgain() {
    jobs.add(1, clock.wall(), MINUTE);
    Jobs other = new Jobs(database, commits, clock);
    Lease<Duration> stale = jobs.due.claim(clock.wall(), 1).getFirst();
    clock.pass(Duration.ofSeconds(90));
    Lease<Duration> second = other.due.claim(clock.wall(), 1).getFirst();
    assertThat(other.finish(second, clock.wall())).isTrue();
    clock.pass(Duration.ofSeconds(90));
    Lease<Duration> third = jobs.due.claim(clock.wall(), 1).getFirst();
    assertThat(jobs.finish(stale, clock.wall())).as("from before the other's claim").isFalse();
    assertThat(jobs.finish(third, clock.wall())).isTrue();
  }

  @Test
  void takesOverWhatADeadProcessHadClaimed() {
    jobs.add(2_500, clock.wall(), MINUTE);
    Jobs other = new Jobs(database, commits, clock);
    Instant soon = clock.wall().plusSeconds(5);
    List<Lease<Duration>> dead = jobs.due.claim(soon, 2_200);
    List<Lease<Duration>> own = other.due.claim(soon, 100);
    long gone = jobs.due.claimant().id();
    assertThat(other.due.isHeld(gone)).isTrue();
    assertThat(other.due.takeOver(gone)).isEqualTo(2_200);
    assertThat(other.due.isHeld(gone)).isFalse();
    assertThat(jobs.finish(dead.getFirst(), clock.wall())).as("it wakes up").isFalse();
    assertThat(other.finish(own.getFirst(), clock.wall())).isTrue();
    List<Lease<Duration>> again = other.due.claim(clock.wall(), 3_000);
    assertThat(again).hasSize(2_200).extracting(Lease::fence).containsOnly(3L);
    assertThat(jobs.finish(dead.getLast(), clock.wall())).isFalse();
  }

  @Test
  void whoWasTakenOverFinishesNothingOfBeforeEvenAfterItsNextClaim() {
    jobs.add(1, clock.wall(), MINUTE);
    Lease<Duration> stale = jobs.due.claim(clock.wall(), 1).getFirst();
    assertThat(jobs.due.takeOver(jobs.due.claimant().id())).isEqualTo(1);
    Lease<Duration> next = jobs.due.claim(clock.wall(), 1).getFirst();
    assertThat(jobs.finish(stale, clock.wall())).isFalse();
    assertThat(jobs.finish(next, clock.wall())).isTrue();
  }

  @Test
  void claimsNothingWhileOthersMayTakeItForDead() throws Exception {
    jobs.add(1, clock.wall(), MINUTE);
    Claimant claimant = jobs.due.claimant();
    claimant.aliveUntil(clock.monotonic().plusSeconds(4));
    clock.pass(Duration.ofMinutes(1));
    assertThat(claimant.isBelieved()).isFalse();
    Lease<Duration> claimed;
    try (ExecutorService claimer = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Lease<Duration>>> claim = claimer.submit(() -> jobs.due.claim(clock.wall(), 1));
      assertThat(claim.isDone()).isFalse();
      claimant.another(); // they did
      claimant.aliveUntil(clock.monotonic().plusSeconds(4));
      claimed = claim.get().getFirst();
    }
    assertThat(claimant.stillHolds(claimed)).as("claimed since").isTrue();
    claimant.another();
    assertThat(claimant.stillHolds(claimed)).isFalse();
  }

  @Test
  void leavesTheSharesOfOthersUntilTheyAreOverdue() {
    jobs.add(10, clock.wall(), MINUTE);
    jobs.due.claimant().share(new Claimant.Share(1, 2));
    Instant soon = clock.wall().plusMillis(300);
    switch (engine) {
      case SQLITE -> assertThat(jobs.due.claim(soon, 99)).as("nobody shares a file").hasSize(10);
      case POSTGRES -> {
        assertThat(jobs.due.claim(soon, 99))
            .extracting(Lease::key)
            .containsExactly(1L, 3L, 5L, 7L, 9L);
        assertThat(jobs.due.claim(soon, 99)).isEmpty();
        clock.pass(Duration.ofMillis(304));
        assertThat(jobs.due.claim(clock.wall(), 99))
            .extracting(Lease::key)
            .containsExactly(0L, 2L, 4L);
      }
    }
  }

  @Test
  void letsALeaseHoldAsLongAsTheRowSays() {
    jobs.add(1, clock.wall(), MINUTE);
    jobs.due.claim(clock.wall(), 1);
    assertThat(jobs.due.earliest()).contains(clock.wall().plusSeconds(90));
  }

  @Test
  void releasesWhatAnEarlierProcessHadClaimedUnlessItMayStillLive() {
    jobs.add(3, clock.wall(), MINUTE);
    Lease<Duration> dead = jobs.due.claim(clock.wall().plusSeconds(1), 9).getFirst();
    Jobs next = new Jobs(database, commits, clock);
    switch (engine) {
      case SQLITE -> {
        assertThat(next.due.releaseAbandoned()).isEqualTo(3);
        assertThat(next.due.claim(clock.wall(), 9)).hasSize(3);
        assertThat(jobs.finish(dead, clock.wall())).isFalse();
      }
      case POSTGRES -> {
        assertThat(next.due.releaseAbandoned()).isZero();
        assertThat(next.due.claim(clock.wall(), 9)).isEmpty();
      }
    }
  }

  @Test
  void givesEachRowToOneOfManyClaimers() throws Exception {
    jobs.add(500, clock.wall().minusSeconds(10), MINUTE);
    List<Long> claimed = new ArrayList<>();
    try (ExecutorService claimers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Long>>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Jobs own = new Jobs(database, commits, clock);
        all.add(
            claimers.submit(
                () -> {
                  List<Long> keys = new ArrayList<>();
                  for (List<Lease<Duration>> some = own.due.claim(clock.wall(), 7);
                      !some.isEmpty();
                      some = own.due.claim(clock.wall(), 7)) {
                    some.forEach(lease -> keys.add(lease.key()));
                    assertThat(own.finish(some.getFirst(), clock.wall())).isTrue();
                  }
                  return keys;
                }));
      }
      for (Future<List<Long>> one : all) {
        claimed.addAll(one.get());
      }
    }
    assertThat(claimed).hasSize(500).doesNotHaveDuplicates();
  }
}
