package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.icmp.TraceRun.Answer;
import dev.rollcall.icmp.TraceRun.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a trace asks for next, without a network: router `n` has the address `n`, the target 99.
class TraceRunTest {
  private static final int TARGET = 99;
  private static final long SECOND = 1_000_000_000L;

  private final List<String> asked = new ArrayList<>();
  private final TraceMemory memory = new TraceMemory(60 * SECOND);
  private TracerOptions options =
      TracerOptions.defaults().withProbes(1, 2, Duration.ofSeconds(1)).withHops(30, 8);
  private long now = SECOND;

  private TraceRun run(int from, int to) {
    List<TraceRun> here = new ArrayList<>();
    TraceRun run =
        new TraceRun(
            options,
            (ttl, index) -> {
              asked.add(ttl + "." + index);
              here.getFirst().probes().sent(ttl, index, 1, now);
            });
    here.add(run);
    run.begin(from, to);
    return run;
  }

  private Use hop(TraceRun run, int ttl, int address) {
    return answer(run, ttl, 0, Answer.HOP, address);
  }

  private Use answer(TraceRun run, int ttl, int index, Answer answer, int address) {
    return run.answered(
        ttl, index, answer, null, 0, address, PacketExtensions.NONE, 0, now, memory);
  }

  private void lose(TraceRun run, int ttl, int index) {
    run.timedOut(ttl, index, now, memory);
  }

  private List<String> askedNow() {
    List<String> copy = List.copyOf(asked);
    asked.clear();
    return copy;
  }

  @Test
  void asksAWindowAtOnceAndTheNextWhenItsLastHopAnswers() {
    TraceRun run = run(1, 3);
    assertThat(askedNow()).containsExactly("1.0", "2.0", "3.0");
    hop(run, 2, 2);
    assertThat(askedNow()).isEmpty();
    hop(run, 3, 3);
    assertThat(askedNow()).containsExactly("4.0", "5.0", "6.0", "7.0");
    answer(run, 5, 0, Answer.TARGET, TARGET);
    assertThat(askedNow()).isEmpty();
    hop(run, 1, 1);
    assertThat(run.isDone()).isFalse();
    hop(run, 4, 4);
    assertThat(run.isDone()).isTrue();
    assertThat(run.end()).isEqualTo(TraceEnd.REACHED);
    assertThat(run.last()).isEqualTo(5);
  }

  @Test
  void asksOnlyAMissingHopAgainAndThenGoesOnWithoutIt() {
    TraceRun run = run(1, 4);
    askedNow();
    hop(run, 1, 1);
    hop(run, 2, 2);
    answer(run, 4, 0, Answer.TARGET, TARGET);
    askedNow();
    lose(run, 3, 0);
    assertThat(askedNow()).containsExactly("3.1");
    assertThat(run.isDone()).isFalse();
    lose(run, 3, 1);
    assertThat(askedNow()).isEmpty();
    assertThat(run.isDone()).isTrue();
    assertThat(run.path()).containsExactly(0, 1, 0, 2, 0, 0, 0, TARGET);
  }

  @Test
  void takesALateAnswerWhileTheTraceIsOnItsWay() {
    TraceRun run = run(1, 3);
    lose(run, 2, 0);
    assertThat(hop(run, 2, 2)).isEqualTo(Use.LATE);
    assertThat(hop(run, 2, 2)).isEqualTo(Use.DUPLICATE);
    assertThat(hop(run, 1, 1)).isEqualTo(Use.IN_TIME);
    assertThat(answer(run, 9, 0, Answer.HOP, 9)).isEqualTo(Use.NONE);
    assertThat(answer(run, 200, 0, Answer.HOP, 9)).isEqualTo(Use.NONE);
    assertThat(answer(run, 1, 200, Answer.HOP, 9)).isEqualTo(Use.NONE);
  }

  @Test
  void endsBehindSoManySilentHops() {
    options = options.withHops(30, 6);
    TraceRun run = run(1, 2);
    hop(run, 1, 1);
    hop(run, 2, 2);
    askedNow();
    for (int ttl = 3; ttl <= 6; ttl++) {
      lose(run, ttl, 0);
    }
    assertThat(askedNow()).containsExactly("3.1", "4.1", "5.1", "6.1", "7.0", "8.0");
    for (int ttl = 3; ttl <= 6; ttl++) {
      lose(run, ttl, 1);
    }
    for (int ttl = 7; ttl <= 8; ttl++) {
      lose(run, ttl, 0);
      lose(run, ttl, 1);
    }
    assertThat(run.isDone()).isTrue();
    assertThat(run.end()).isEqualTo(TraceEnd.SILENCE);
    assertThat(run.last()).isEqualTo(8);
  }

  @Test
  void endsAtTheLastTtl() {
    options = options.withHops(3, 8);
    TraceRun run = run(1, 8);
    assertThat(askedNow()).containsExactly("1.0", "2.0", "3.0");
    hop(run, 1, 1);
    hop(run, 2, 2);
    hop(run, 3, 3);
    assertThat(run.isDone()).isTrue();
    assertThat(run.end()).isEqualTo(TraceEnd.MAX_TTL);
  }

  @Test
  void endsWhereARouterCannotDeliver() {
    TraceRun run = run(1, 4);
    hop(run, 1, 1);
    answer(run, 2, 0, Answer.ERROR, 1);
    assertThat(run.isDone()).isTrue();
    assertThat(run.end()).isEqualTo(TraceEnd.UNREACHABLE);
    assertThat(run.last()).isEqualTo(2);
  }

  @Test
  void endsWhereARouterComesAgain() {
    TraceRun run = run(1, 6);
    hop(run, 1, 1);
    hop(run, 5, 3);
    hop(run, 4, 2);
    hop(run, 3, 3);
    hop(run, 2, 2);
    assertThat(run.isDone()).isTrue();
    assertThat(run.end()).isEqualTo(TraceEnd.LOOP);
    assertThat(run.last()).isEqualTo(4);
  }

  @Test
  void takesNoAnswerToWhatWasNotSentYet() {
    TraceRun run = new TraceRun(options, (ttl, index) -> asked.add(ttl + "." + index));
    run.begin(1, 2);
    assertThat(hop(run, 1, 1)).isEqualTo(Use.NONE);
    run.probes().sent(1, 0, 1, now);
    assertThat(hop(run, 1, 1)).isEqualTo(Use.IN_TIME);
  }

  @Test
  void endsIfTheSystemTakesNothing() {
    TraceRun run = run(1, 4);
    run.notSent(1, 0, "network is unreachable", now, memory);
    assertThat(run.isDone()).isTrue();
    assertThat(run.end()).isEqualTo(TraceEnd.NOT_SENT);
    assertThat(run.notSentReason()).isEqualTo("network is unreachable");
  }

  @Test
  void beginsHalfWayAndStopsAtARouterThatIsKnown() {
    memory.learn(new long[] {0, 1, 0, 2, 0, 3, 0, TARGET}, 4, 1, true, now);
    assertThat(memory.middle()).isEqualTo(4); // half of eight, where nothing else is known
    TraceRun run = run(3, 4);
    assertThat(askedNow()).containsExactly("3.0", "4.0");
    hop(run, 3, 3);
    answer(run, 4, 0, Answer.TARGET, 98);
    assertThat(run.isDone()).isTrue();
    assertThat(askedNow()).isEmpty();
    assertThat(run.lowest()).isEqualTo(3);
    assertThat(run.path()).containsExactly(0, 1, 0, 2, 0, 3, 0, 98);
  }

  @Test
  void asksTheHopsBeforeARouterThatIsNot() {
    TraceRun run = run(3, 4);
    askedNow();
    hop(run, 3, 3);
    assertThat(askedNow()).containsExactly("2.0", "1.0");
    answer(run, 4, 0, Answer.TARGET, TARGET);
    assertThat(run.isDone()).isFalse();
    hop(run, 2, 2);
    hop(run, 1, 1);
    assertThat(run.isDone()).isTrue();
    assertThat(run.lowest()).isEqualTo(1);
  }

  @Test
  void asksTheHopsBeforeOneThatIsSilent() {
    TraceRun run = run(2, 3);
    askedNow();
    answer(run, 3, 0, Answer.TARGET, TARGET);
    assertThat(run.isDone()).isFalse();
    lose(run, 2, 0);
    assertThat(askedNow()).containsExactly("2.1");
    lose(run, 2, 1);
    assertThat(askedNow()).containsExactly("1.0");
    hop(run, 1, 1);
    assertThat(run.isDone()).isTrue();
  }

  @Test
  void forgetsAfterItsTime() {
    memory.learn(new long[] {0, 1, 0, 2, 0, TARGET}, 3, 1, true, now);
    assertThat(memory.before(0, 2, 2, now)).isPresent();
    assertThat(memory.before(0, 2, 3, now)).isEmpty();
    assertThat(memory.hasAnsweredBehind(0, 1, 1, now)).isTrue();
    assertThat(memory.hasAnsweredBehind(0, 2, 2, now)).isFalse();
    now += 61 * SECOND;
    assertThat(memory.before(0, 2, 2, now)).isEmpty();
    assertThat(memory.hasAnsweredBehind(0, 1, 1, now)).isFalse();
  }

  @Test
  void asksWithFurtherFlowsUntilAllRoutersAreLikelySeen() {
    options = options.withMultipath().withMethod(TraceMethod.UDP);
    TraceRun run = run(1, 3);
    hop(run, 1, 1);
    hop(run, 2, 2);
    answer(run, 3, 0, Answer.TARGET, TARGET);
    assertThat(run.isDone()).isFalse();
    askedNow();
    for (int index = 1; index <= 5; index++) {
      answer(run, 1, index, Answer.HOP, 1);
      answer(run, 2, index, Answer.HOP, index == 3 ? 22 : 2);
    }
    assertThat(askedNow()).containsExactly("2.6", "2.7", "2.8", "2.9", "2.10");
    assertThat(run.probes().flow(2, 10)).isEqualTo(10);
    for (int index = 6; index <= 10; index++) {
      answer(run, 2, index, Answer.HOP, index % 2 == 0 ? 22 : 2);
    }
    assertThat(run.isDone()).isTrue();
  }

  @Test
  void asksWithSmallerPacketsOnceARouterWantsThem() {
    options = options.withMtuDiscovery(1500);
    TraceRun run = run(1, 3);
    hop(run, 1, 1);
    assertThat(run.probes().octets(1, 0)).isEqualTo(1500);
    askedNow();
    run.tooBig(2, 0, 0, 1, 1400, now, memory);
    run.tooBig(3, 0, 0, 1, 1400, now, memory);
    assertThat(askedNow()).containsExactly("2.1", "3.1");
    assertThat(run.probes().octets(3, 1)).isEqualTo(1400);
    hop(run, 2, 2);
    run.tooBig(3, 1, 0, 2, 0, now, memory);
    assertThat(run.probes().octets(3, 2)).isEqualTo(1280);
    answer(run, 3, 2, Answer.TARGET, TARGET);
    answer(run, 2, 1, Answer.HOP, 2);
    assertThat(run.isDone()).isTrue();
    assertThat(run.mtu(0, 1)).isEqualTo(1400);
    assertThat(run.mtu(0, 2)).isEqualTo(1280);
    assertThat(run.mtu(0, 3)).isZero();
  }

  @Test
  void measuresWithTheOtherClockIfTheKernelsWasSet() {
    TraceRun run = run(1, 2);
    run.probes().sent(1, 0, 5_000 * SECOND, now);
    run.probes().sent(2, 0, 5_000 * SECOND, now);
    now += 2_000_000;
    long stamp = 5_000 * SECOND + 1_500_000;
    run.answered(1, 0, Answer.HOP, null, 0, 1, PacketExtensions.NONE, stamp, now, memory);
    assertThat(run.probes().rtt(1, 0)).isEqualTo(1_500_000);
    stamp -= 3_600 * SECOND;
    run.answered(2, 0, Answer.HOP, null, 0, 2, PacketExtensions.NONE, stamp, now, memory);
    assertThat(run.probes().rtt(2, 0)).isEqualTo(2_000_000);
  }

  @Test
  void canBeUsedAgain() {
    TraceRun run = run(1, 3);
    hop(run, 1, 1);
    answer(run, 2, 0, Answer.TARGET, TARGET);
    assertThat(run.isDone()).isTrue();
    askedNow();
    run.begin(1, 3);
    assertThat(askedNow()).containsExactly("1.0", "2.0", "3.0");
    assertThat(run.isDone()).isFalse();
    lose(run, 1, 0);
    answer(run, 3, 0, Answer.TARGET, TARGET);
    hop(run, 2, 2);
    lose(run, 1, 1);
    assertThat(run.path()).containsExactly(0, 0, 0, 2, 0, TARGET);
  }
}
