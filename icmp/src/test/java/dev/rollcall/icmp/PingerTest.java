package dev.rollcall.icmp;

import static dev.rollcall.icmp.Results.PATIENCE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.LoopbackNetwork;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Pings to the real kernel, in a network of the test's own. It needs root; without it these tests
/// fail, and say so.
class PingerTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private static final PingerOptions FAST =
      PingerOptions.defaults()
          .withPacketsPerSecond(Integer.MAX_VALUE)
          .withGaps(Duration.ZERO, Duration.ZERO);

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void pingsWithoutAnyRight() throws Exception {
    LoopbackNetwork.withPingSockets(PingerTest::pingsBothFamilies);
  }

  @Test
  void pingsWithARawSocketWherePingSocketsAreForbidden() throws Exception {
    LoopbackNetwork.in(PingerTest::pingsBothFamilies);
  }

  private static void pingsBothFamilies() throws Exception {
    Instant before = Instant.now();
    try (Pinger pinger = Pinger.open(PingerOptions.defaults())) {
      for (String target : List.of("127.0.0.1", "::1", "127.4.5.6")) {
        PingResult result = pinger.ping(address(target), PATIENCE);
        assertThat(result.status()).as(result.toString()).isEqualTo(PingStatus.REPLY);
        assertThat(result.target()).isEqualTo(address(target)).isEqualTo(result.from());
        assertThat(result.rtt()).isPositive().isLessThan(PATIENCE);
        assertThat(result.errorNanos()).isZero(); // the kernel stamped both sides
        assertThat(result.ttl()).isEqualTo(64);
        assertThat(result.sentAt()).isBetween(before, Instant.now());
        assertThat(result.reason()).isEmpty();
      }
      assertThat(pinger.statistics()).isEqualTo(new PingerStatistics(3, 0, 3, 0, 0, 0, 0));
    }
  }

  @Test
  void pingsWithPacketsOfAnySize() throws Exception {
    LoopbackNetwork.withPingSockets(PingerTest::pingsWithAllSizes);
    LoopbackNetwork.in(PingerTest::pingsWithAllSizes);
  }

  private static void pingsWithAllSizes() throws Exception {
    LoopbackNetwork.run("ip", "link", "set", "lo", "mtu", "1500");
    for (int payload : new int[] {32, 33, 56, 1473, 9000}) { // the last in fragments
      try (Pinger pinger = Pinger.open(PingerOptions.defaults().withPayload(payload))) {
        for (String target : List.of("127.0.0.1", "::1")) {
          PingResult result = pinger.ping(address(target), PATIENCE);
          assertThat(result.status()).as(payload + ": " + result).isEqualTo(PingStatus.REPLY);
        }
      }
    }
  }

  @Test
  void pings65536AddressesWithoutLossOverPingSockets() throws Exception {
    LoopbackNetwork.withPingSockets(() -> sweeps(FAST));
  }

  @Test
  void pings65536AddressesWithoutLossOverRawSockets() throws Exception {
    LoopbackNetwork.in(() -> sweeps(FAST));
  }

  @Test
  void pings65536AddressesWithoutLossInShards() throws Exception {
    LoopbackNetwork.withPingSockets(() -> sweeps(FAST.withShards(2)));
  }

  /// The receive buffer holds five replies then.
  @Test
  void pings65536AddressesWithoutLossIntoASmallBuffer() throws Exception {
    LoopbackNetwork.withPingSockets(() -> sweeps(FAST.withReceiveBuffer(4096).withInFlight(1024)));
  }

  private static void sweeps(PingerOptions options) throws Exception {
    BitSet replied = new BitSet();
    CountDownLatch left = new CountDownLatch(1 << 16);
    PingListener listener =
        result -> {
          if (result.status() == PingStatus.REPLY && result.target().equals(result.from())) {
            replied.set((int) result.tag());
          }
          left.countDown();
        };
    try (Pinger pinger = Pinger.open(options, listener)) {
      for (int i = 0; i < 1 << 16; i++) {
        byte[] target = {127, 1, (byte) (i >> 8), (byte) i};
        pinger.submit(InetAddress.getByAddress(target), i, PATIENCE);
      }
      left.await();
      assertThat(replied.cardinality()).isEqualTo(1 << 16);
      assertThat(pinger.statistics().receiveDrops()).isZero();
    }
  }

  @Test
  void aReplyWithAnotherIdIsNoReply() throws Exception {
    LoopbackNetwork.in(
        () ->
            unanswered(
                request -> {
                  byte[] reply = EchoResponder.reply(request);
                  reply[25]++;
                  return List.of(EchoResponder.checked(reply));
                }));
  }

  @Test
  void aReplyFromAnotherAddressIsNoReply() throws Exception {
    LoopbackNetwork.withPingSockets(
        () ->
            unanswered(
                request -> {
                  byte[] reply = EchoResponder.reply(request);
                  reply[14]++;
                  return List.of(reply);
                }));
  }

  @Test
  void aReplyByWhoHasNotSeenTheRequestIsNoReply() throws Exception {
    LoopbackNetwork.withPingSockets(
        () ->
            unanswered(
                request -> {
                  byte[] reply = EchoResponder.reply(request);
                  Arrays.fill(reply, 28, reply.length, (byte) 7);
                  return List.of(EchoResponder.checked(reply));
                }));
  }

  private static void unanswered(Function<byte[], List<byte[]>> answers) throws Exception {
    try (EchoResponder _ = new EchoResponder(answers);
        Pinger pinger = Pinger.open(FAST)) {
      PingResult result = pinger.ping(address("127.1.2.3"), SHORT);
      assertThat(result.status()).isEqualTo(PingStatus.TIMEOUT);
      assertThat(result.status().isLoss()).isTrue();
      assertThat(result.from()).isNull();
      assertThat(pinger.statistics().replies()).isZero();
    }
  }

  @Test
  void aSecondReplyIsADuplicate() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          Results results = new Results();
          try (EchoResponder _ =
                  new EchoResponder(
                      request ->
                          List.of(EchoResponder.reply(request), EchoResponder.reply(request)));
              Pinger pinger = Pinger.open(FAST, results)) {
            pinger.submit(address("127.1.2.3"), 7, PATIENCE);
            assertThat(results.next(2))
                .extracting(PingResult::status)
                .containsExactly(PingStatus.REPLY, PingStatus.DUPLICATE);
          }
        });
  }

  @Test
  void aReplyAfterTheTimeoutIsLate() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          Results results = new Results();
          List<byte[]> requests = new ArrayList<>();
          try (EchoResponder responder =
                  new EchoResponder(
                      request -> {
                        requests.add(request);
                        return List.of();
                      });
              Pinger pinger = Pinger.open(FAST, results)) {
            pinger.submit(address("127.1.2.3"), 7, SHORT);
            assertThat(results.next().status()).isEqualTo(PingStatus.TIMEOUT);
            responder.send(EchoResponder.reply(requests.getFirst()));
            PingResult late = results.next();
            assertThat(late.status()).isEqualTo(PingStatus.LATE);
            assertThat(late.tag()).isEqualTo(7);
            assertThat(late.rtt()).isGreaterThanOrEqualTo(SHORT);
          }
        });
  }

  @Test
  void aDamagedReplyIsCorrupt() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          List<Integer> damaged = new ArrayList<>();
          try (EchoResponder _ =
                  new EchoResponder(
                      request -> {
                        byte[] reply = EchoResponder.reply(request);
                        int at = 28 + damaged.size() * 9;
                        damaged.add(at);
                        reply[at] ^= 4;
                        return List.of(EchoResponder.checked(reply));
                      });
              Pinger pinger = Pinger.open(FAST)) {
            for (int i = 0; i < 6; i++) {
              assertThat(pinger.ping(address("127.1.2.3"), PATIENCE).status())
                  .as("byte " + i)
                  .isEqualTo(PingStatus.CORRUPT);
            }
          }
        });
  }

  @Test
  void aReplyThatWasCutIsCorrupt() throws Exception {
    LoopbackNetwork.in(
        () -> {
          try (EchoResponder _ =
                  new EchoResponder(
                      request ->
                          List.of(
                              EchoResponder.checked(
                                  Arrays.copyOf(EchoResponder.reply(request), 60))));
              Pinger pinger = Pinger.open(FAST)) {
            assertThat(pinger.ping(address("127.1.2.3"), PATIENCE).status())
                .isEqualTo(PingStatus.CORRUPT);
          }
        });
  }

  @Test
  void anIcmpErrorIsTheReasonAndSaysWhoSentIt() throws Exception {
    LoopbackNetwork.withPingSockets(PingerTest::unreachable);
    LoopbackNetwork.in(PingerTest::unreachable);
  }

  private static void unreachable() throws Exception {
    try (EchoResponder _ =
            new EchoResponder(request -> List.of(EchoResponder.error(request, 3, 13, 0x7f090909)));
        Pinger pinger = Pinger.open(FAST)) {
      for (int i = 0; i < 20; i++) { // an error must not spoil what is sent after it
        PingResult result = pinger.ping(address("127.1.2." + (i + 1)), PATIENCE);
        assertThat(result.status()).as(result.toString()).isEqualTo(PingStatus.UNREACHABLE);
        assertThat(result.icmpType()).isEqualTo(3);
        assertThat(result.icmpCode()).isEqualTo(13);
        assertThat(result.reason()).isEqualTo("administratively prohibited");
        assertThat(result.from()).isEqualTo(address("127.9.9.9"));
        assertThat(result.rttNanos()).isNotNegative();
      }
    }
  }

  @Test
  void aForgedErrorAboutAnotherTargetEndsNothing() throws Exception {
    LoopbackNetwork.withPingSockets(
        () ->
            unanswered(
                request -> {
                  byte[] error = EchoResponder.error(request, 3, 1, 0x7f090909);
                  error[28 + 16 + 3]++; // the destination within the quote
                  return List.of(EchoResponder.checked(error));
                }));
  }

  @Test
  void errorsOfManyDoNotSpoilTheRepliesOfOthers() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          Results results = new Results();
          try (EchoResponder _ =
                  new EchoResponder(
                      request ->
                          List.of(
                              request[19] % 2 == 0
                                  ? EchoResponder.reply(request)
                                  : EchoResponder.error(request, 11, 0, 0x7f090909)));
              Pinger pinger = Pinger.open(FAST.withPacketsPerSecond(100_000), results)) {
            for (int i = 0; i < 5000; i++) {
              byte[] target = {127, 1, (byte) (i >> 8), (byte) i};
              pinger.submit(InetAddress.getByAddress(target), i, PATIENCE);
            }
            assertThat(results.next(5000))
                .allMatch(
                    result ->
                        result.status()
                            == ((byte) result.tag() % 2 == 0
                                ? PingStatus.REPLY
                                : PingStatus.UNREACHABLE));
          }
        });
  }

  @Test
  void aFloodOfRepliesThatNobodyAskedForChangesNothing() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (EchoResponder _ =
                  new EchoResponder(
                      request -> {
                        List<byte[]> flood = new ArrayList<>();
                        for (int i = 0; i < 200; i++) {
                          byte[] forged = EchoResponder.reply(request);
                          forged[27] = (byte) i;
                          forged[26] = (byte) (i * 31);
                          Arrays.fill(forged, 28, forged.length, (byte) i);
                          flood.add(EchoResponder.checked(forged));
                        }
                        flood.add(100, EchoResponder.reply(request));
                        return flood;
                      });
              Pinger pinger = Pinger.open(FAST)) {
            for (int i = 0; i < 200; i++) {
              PingResult result = pinger.ping(address("127.1.0." + i), PATIENCE);
              assertThat(result.status()).isEqualTo(PingStatus.REPLY);
            }
            assertThat(pinger.statistics().foreign()).isGreaterThan(200 * 100);
          }
        });
  }

  @Test
  void aClockThatIsSetDuringAPingDoesNotShowInItsTime() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          for (long step : new long[] {3_600_000_000_000L, -5_000_000L}) {
            SettableClock clock = new SettableClock();
            Results results = new Results();
            try (EchoResponder _ =
                    new EchoResponder(
                        request -> {
                          clock.step(step);
                          return List.of(EchoResponder.reply(request));
                        });
                Pinger pinger = Pinger.open(FAST, results, clock)) {
              pinger.submit(address("127.1.2.3"), 1, PATIENCE);
              PingResult result = results.next();
              assertThat(result.status()).isEqualTo(PingStatus.REPLY);
              assertThat(result.rtt()).isBetween(Duration.ofNanos(1), PATIENCE);
              assertThat(result.errorNanos()).isPositive();
            }
          }
        });
  }

  @Test
  void silenceWhileTheMachineSleptIsUnknown() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          SettableClock clock = new SettableClock();
          Results results = new Results();
          try (EchoResponder _ =
                  new EchoResponder(
                      request -> {
                        clock.step(Duration.ofHours(8).toNanos());
                        return List.of();
                      });
              Pinger pinger = Pinger.open(FAST, results, clock)) {
            pinger.submit(address("127.1.2.3"), 1, SHORT);
            PingResult result = results.next();
            assertThat(result.status()).isEqualTo(PingStatus.UNKNOWN);
            assertThat(result.status().isLoss()).isFalse();
            assertThat(result.reason()).contains("slept");
          }
        });
  }

  @Test
  void whatTheReceiveBufferDropsIsNoLoss() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          SettableClock clock = new SettableClock();
          Results results = new Results();
          CountDownLatch held = new CountDownLatch(1);
          AtomicReference<EchoResponder> responder = new AtomicReference<>();
          try (EchoResponder answering =
                  new EchoResponder(
                      request -> {
                        clock.hold(held); // the loop stands still now
                        byte[] forged = EchoResponder.reply(request);
                        Arrays.fill(forged, 28, forged.length, (byte) 7);
                        EchoResponder.checked(forged);
                        for (int i = 0; i < 40; i++) { // more than fit
                          requireNonNull(responder.get()).send(forged);
                        }
                        requireNonNull(responder.get()).send(EchoResponder.reply(request));
                        held.countDown();
                        return List.of();
                      });
              Pinger pinger = Pinger.open(FAST.withReceiveBuffer(4096), results, clock)) {
            responder.set(answering);
            pinger.submit(address("127.1.2.3"), 1, SHORT);
            PingResult result = results.next();
            assertThat(result.status()).isEqualTo(PingStatus.UNKNOWN);
            assertThat(result.reason()).contains("receive buffer");
            assertThat(pinger.statistics().receiveDrops()).isPositive();
          }
        });
  }
}
