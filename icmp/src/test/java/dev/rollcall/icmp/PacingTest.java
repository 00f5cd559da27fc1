package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacingTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void tokensComeAtTheRateAndAreKeptForOneBurst() {
    TokenBucket tokens = new TokenBucket(1000, 0);
    assertThat(tokens.available(0)).isEqualTo(1);
    tokens.take(1);
    assertThat(tokens.available(0)).isZero();
    assertThat(tokens.untilNext()).isEqualTo(1_000_000);
    assertThat(tokens.available(1_000_000)).isEqualTo(1);
    assertThat(tokens.available(SECOND)).isEqualTo(TokenBucket.BURST);
    assertThat(tokens.untilNext()).isZero();
  }

  @Test
  void inASecondNoMoreAreTakenThanTheRate() {
    for (int rate : new int[] {1, 7, 1000, 12_345, 200_000}) {
      TokenBucket tokens = new TokenBucket(rate, 0);
      long taken = 0;
      for (long now = 0; now < SECOND; now += Math.max(1, tokens.untilNext())) {
        int count = tokens.available(now);
        tokens.take(count);
        taken += count;
      }
      assertThat(taken).isBetween(rate * 99L / 100, (long) rate + TokenBucket.BURST);
    }
  }

  @Test
  void whoSharesARateSendsNoMoreThanItTogetherAndWhatOneLeavesTheOtherMayTake() {
    SharedRate shared = new SharedRate(1000);
    TokenBucket pings = new TokenBucket(1000, shared, 0);
    TokenBucket traces = new TokenBucket(1000, shared, 0);
    long pinged = 0;
    long traced = 0;
    for (long now = 0; now < 2 * SECOND; now += 100_000) {
      boolean both = now < SECOND;
      int ping = Math.min(1, pings.available(now));
      pings.take(ping);
      pinged += ping;
      int trace = both ? traces.available(now) : 0;
      traces.take(trace);
      traced += trace;
      assertThat(ping + trace == 0 ? pings.untilNext() : 0).isBetween(0L, 1_000_000L);
    }
    assertThat(pinged + traced).isBetween(1_950L, 2_000L + 2 * TokenBucket.BURST);
    assertThat(pinged).as("alone, it has the whole rate").isGreaterThan(1_000);
  }

  @Test
  void aGapIsKeptForEachKeyByItself() {
    MinimumGap gap = new MinimumGap(Duration.ofSeconds(1), 1000, 0);
    assertThat(gap.earliest(1, 5)).isEqualTo(5);
    gap.take(1, 5);
    assertThat(gap.earliest(1, 5)).isEqualTo(5 + SECOND);
    gap.take(1, 5 + SECOND);
    assertThat(gap.earliest(1, 6)).isEqualTo(5 + 2 * SECOND);
    assertThat(gap.earliest(2, 6)).isEqualTo(6);
    assertThat(gap.earliest(1, 5 + 3 * SECOND)).isEqualTo(5 + 3 * SECOND);
  }

  @Test
  void noGapIsTooShortHoweverManyKeysThereAre() {
    MinimumGap gap = new MinimumGap(Duration.ofSeconds(1), 10, 0);
    long[] last = new long[50_000];
    for (int round = 0; round < 3; round++) {
      for (int key = 0; key < last.length; key++) {
        long now = round * SECOND / 2;
        long at = gap.earliest(key, now);
        gap.take(key, at);
        assertThat(at).isGreaterThanOrEqualTo(now);
        if (round > 0) {
          assertThat(at - last[key]).isGreaterThanOrEqualTo(SECOND);
        }
        last[key] = at;
      }
    }
  }

  /// As a shard does it: 10,000 addresses a second one after the other, of which each /24 takes a
  /// thousand a second.
  @Test
  void aSweepInOrderIsNotHeldUp() {
    MinimumGap targets = new MinimumGap(Duration.ofMillis(10), 12_000, 0);
    MinimumGap prefixes = new MinimumGap(Duration.ofMillis(1), 12_000, 0);
    long longest = 0;
    for (int i = 0; i < 100_000; i++) {
      long now = i * 100_000L;
      long low = 0x7f01_0000L + i;
      long at =
          prefixes.earliest(
              MinimumGap.prefix(IpFamily.V4, 0, low),
              targets.earliest(MinimumGap.target(0, low), now));
      targets.take(MinimumGap.target(0, low), at);
      prefixes.take(MinimumGap.prefix(IpFamily.V4, 0, low), at);
      longest = Math.max(longest, at - now);
    }
    assertThat(longest).isLessThan(SECOND / 3);
  }

  @Test
  void prefixesAreThoseOf24And48Bits() {
    long a = MinimumGap.prefix(IpFamily.V4, 0, 0x0a00_0001L);
    assertThat(MinimumGap.prefix(IpFamily.V4, 0, 0x0a00_00ffL)).isEqualTo(a);
    assertThat(MinimumGap.prefix(IpFamily.V4, 0, 0x0a00_0101L)).isNotEqualTo(a);
    long b = MinimumGap.prefix(IpFamily.V6, 0x2001_0db8_0001_0000L, 1);
    assertThat(MinimumGap.prefix(IpFamily.V6, 0x2001_0db8_0001_ffffL, 2)).isEqualTo(b);
    assertThat(MinimumGap.prefix(IpFamily.V6, 0x2001_0db8_0002_0000L, 1)).isNotEqualTo(b);
  }
}
