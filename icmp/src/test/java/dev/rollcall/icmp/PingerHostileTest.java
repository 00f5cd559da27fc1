package dev.rollcall.icmp;

import static dev.rollcall.icmp.Results.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.LoopbackNetwork;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A network that lies changes no result, or only the reason of what was lost anyway.
class PingerHostileTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final int ROUTER = 0x7f090909;

  /// A quote of the ICMP header alone: it can be guessed.
  private static final int LITTLE = 8;

  private static final PingerOptions FAST =
      PingerOptions.defaults()
          .withPacketsPerSecond(Integer.MAX_VALUE)
          .withGaps(Duration.ZERO, Duration.ZERO);

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void anErrorThatAnybodyCanWriteDoesNotEndAPingThatIsAnswered() throws Exception {
    LoopbackNetwork.withPingSockets(PingerHostileTest::guessed);
    LoopbackNetwork.in(PingerHostileTest::guessed);
  }

  private static void guessed() throws Exception {
    try (EchoResponder _ =
            new EchoResponder(
                request ->
                    List.of(
                        EchoResponder.error(request, 3, 1, ROUTER, LITTLE),
                        EchoResponder.reply(request)));
        Pinger pinger = Pinger.open(FAST)) {
      PingResult result = pinger.ping(address("127.1.2.3"), PATIENCE);
      assertThat(result.status()).as(result.toString()).isEqualTo(PingStatus.REPLY);
    }
  }

  @Test
  void anErrorOfARouterThatQuotesLittleIsTheReasonWhereNobodyAnswers() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (EchoResponder _ =
                  new EchoResponder(
                      request -> List.of(EchoResponder.error(request, 3, 1, ROUTER, LITTLE)));
              Pinger pinger = Pinger.open(FAST)) {
            PingResult result = pinger.ping(address("127.1.2.3"), SHORT);
            assertThat(result.status()).as(result.toString()).isEqualTo(PingStatus.UNREACHABLE);
            assertThat(result.reason()).isEqualTo("destination host unreachable");
            assertThat(result.from()).isEqualTo(address("127.9.9.9"));
          }
        });
  }

  @Test
  void aTargetThatRepliesWithoutEndIsToldAFewTimes() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          int replies = 500;
          Results results = new Results();
          try (EchoResponder _ =
                  new EchoResponder(
                      request ->
                          request[19] == 3
                              ? Collections.nCopies(replies, EchoResponder.reply(request))
                              : List.of(EchoResponder.reply(request)));
              Pinger pinger = Pinger.open(FAST.withInFlight(16), results)) {
            pinger.submit(address("127.1.2.3"), 3, PATIENCE);
            pinger.submit(address("127.1.2.4"), 4, PATIENCE);
            List<PingResult> told = results.next(10);
            assertThat(told).filteredOn(result -> result.status() == PingStatus.REPLY).hasSize(2);
            assertThat(told)
                .filteredOn(result -> result.status() == PingStatus.DUPLICATE)
                .hasSize(8)
                .allMatch(result -> result.tag() == 3);
          }
        });
  }

  /// As many as a thread can send, of the right id, from the right address.
  @Test
  void aFloodOfRepliesAtLineRateMakesNoLoss() throws Exception {
    LoopbackNetwork.withPingSockets(() -> flooded(Forger::replies));
    LoopbackNetwork.in(() -> flooded(Forger::replies));
  }

  @Test
  void aFloodOfErrorsAtLineRateMakesNoLossAndHoldsNothingBack() throws Exception {
    LoopbackNetwork.withPingSockets(() -> flooded(Forger::errors));
  }

  private interface Flood {
    void send(Forger forger, int id, CountDownLatch enough);
  }

  private static void flooded(Flood how) throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    AtomicInteger id = new AtomicInteger();
    Results results = new Results();
    try (Pinger pinger = Pinger.open(FAST.withReceiveBuffer(1 << 16), results)) {
      try (EchoResponder _ =
          new EchoResponder(
              request -> {
                id.set((request[24] & 0xff) << 8 | (request[25] & 0xff));
                return List.of(EchoResponder.reply(request));
              })) {
        assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
            .isEqualTo(PingStatus.REPLY);
      }
      LoopbackNetwork.run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=0");
      Thread flood =
          Thread.ofPlatform()
              .start(() -> how.send(new Forger("127.0.0.1", "127.1.1.1"), id.get(), enough));
      try {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (pinger.statistics().foreign() < 1000) {
          assertThat(System.nanoTime()).as("the flood arrives").isLessThan(patience);
          Thread.onSpinWait();
        }
        int pings = 300;
        for (int i = 0; i < pings; i++) {
          pinger.submit(address("127.1.1.1"), i, Duration.ofMillis(500));
        }
        List<PingResult> told = results.next(pings);
        assertThat(told)
            .extracting(PingResult::status)
            .doesNotContain(
                PingStatus.TIMEOUT,
                PingStatus.UNREACHABLE,
                PingStatus.CORRUPT,
                PingStatus.NOT_SENT);
        assertThat(told).anyMatch(result -> result.status() == PingStatus.REPLY);
      } finally {
        enough.countDown();
        flood.join();
      }
    }
  }

  @Test
  void aHundredThousandThatNeverAnswerHoldBackNobodyElse() throws Exception {
    int silent = 100_000;
    LoopbackNetwork.withPingSockets(
        () -> {
          LoopbackNetwork.run(
              "iptables", "-A", "INPUT", "-p", "icmp", "-d", "127.16.0.0/12", "-j", "DROP");
          Map<PingStatus, AtomicInteger> ofSilent = new ConcurrentHashMap<>();
          Map<PingStatus, AtomicInteger> ofOther = new ConcurrentHashMap<>();
          CountDownLatch left = new CountDownLatch(silent + silent / 1_000);
          PingListener listener =
              result -> {
                (result.tag() == 0 ? ofSilent : ofOther)
                    .computeIfAbsent(result.status(), _ -> new AtomicInteger())
                    .incrementAndGet();
                left.countDown();
              };
          try (Pinger pinger = Pinger.open(FAST, listener)) {
            for (int i = 0; i < silent; i++) {
              byte[] target = {127, (byte) (16 + (i >> 16)), (byte) (i >> 8), (byte) i};
              pinger.submit(InetAddress.getByAddress(target), 0, Duration.ofMillis(200));
              if (i % 1_000 == 0) {
                pinger.submit(address("127.1.1.1"), 1, PATIENCE);
              }
            }
            assertThat(left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
          }
          assertThat(ofSilent).containsOnlyKeys(PingStatus.TIMEOUT);
          assertThat(ofOther).containsOnlyKeys(PingStatus.REPLY);
        });
  }
}
