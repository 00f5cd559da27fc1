package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.ProbeFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SystemResolverTest {
  private static final InetAddress SOME = InetAddress.ofLiteral("192.0.2.1");
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void readsLiteralsWithoutAsking() throws Exception {
    Resolver resolver = new SystemResolver(this::answering, 1, 1, LONG);
    assertThat(resolver.resolve("127.0.0.1", LONG))
        .containsExactly(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(resolver.resolve("2001:db8::1", LONG))
        .containsExactly(InetAddress.ofLiteral("2001:db8::1"));
    assertThat(asked).hasValue(0);
  }

  @Test
  void asksOnceForWhatItKnows() throws Exception {
    Resolver resolver = new SystemResolver(this::answering, 1, 1, LONG);
    for (int i = 0; i < 5; i++) {
      assertThat(resolver.resolve("10.some.example", LONG)).containsExactly(SOME);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void knowsThisMachine() throws Exception {
    assertThat(Resolver.system().resolve("localhost", LONG))
        .isNotEmpty()
        .allMatch(InetAddress::isLoopbackAddress);
  }

  @Test
  void namesOfStrangersTakeNoThreadsOfOthers() {
    assertThat(Resolver.ofStrangers())
        .isInstanceOf(SystemResolver.class)
        .isNotSameAs(Resolver.system());
  }

  @Test
  void asksAgainAfterAFailureWhichItPassesOn() {
    Resolver resolver =
        new SystemResolver(
            host -> {
              asked.incrementAndGet();
              throw new UnknownHostException(host);
            },
            1,
            1,
            LONG);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> resolver.resolve("some.example", LONG))
          .isInstanceOf(UnknownHostException.class);
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void waitsNoLongerThanItMayAndSharesOneLookup() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Resolver resolver = new SystemResolver(host -> hanging(end), 4, 4, LONG);
    try {
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> resolver.resolve("some.example", SHORT))
            .isInstanceOf(TimeoutException.class);
      }
      assertThat(asked).hasValue(1);
    } finally {
      end.countDown();
    }
    assertThat(resolver.resolve("some.example", LONG)).containsExactly(SOME);
  }

  @Test
  void isNotHeldUpByAHundredNamesThatHang() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Resolver resolver =
        new SystemResolver(
            host -> host.startsWith("hanging") ? hanging(end) : answering(host), 101, 4, LONG);
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        String host = "hanging-" + i;
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        resolver.resolve(host, LONG);
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                    }));
      }
      await().untilAsserted(() -> assertThat(asked).hasValue(100));
      for (int i = 0; i < 50; i++) {
        assertThat(resolver.resolve("other-" + i + ".example", LONG)).containsExactly(SOME);
      }
    } finally {
      end.countDown();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void blamesItselfWhereItHadNoPlaceToAsk() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Resolver resolver = new SystemResolver(host -> hanging(end), 1, 1, LONG);
    try {
      assertThatThrownBy(() -> resolver.resolve("some.example", SHORT))
          .isInstanceOf(TimeoutException.class);
      assertThatThrownBy(() -> resolver.resolve("other.example", SHORT))
          .isInstanceOfSatisfying(ProbeFailure.class, e -> assertThat(e.isHere()).isTrue());
    } finally {
      end.countDown();
    }
    assertThat(resolver.resolve("other.example", LONG)).containsExactly(SOME);
  }

  @Test
  void confinesNamesThatTookLongToTheirOwnPlaces() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger turn = new AtomicInteger();
    Resolver resolver =
        new SystemResolver(
            host -> {
              if (host.equals("slow.example") && turn.incrementAndGet() > 1) {
                return hanging(end);
              }
              throw new UnknownHostException(host);
            },
            1,
            1,
            Duration.ZERO);
    try {
      assertThatThrownBy(() -> resolver.resolve("slow.example", LONG))
          .isInstanceOf(UnknownHostException.class);
      assertThatThrownBy(() -> resolver.resolve("slow.example", SHORT))
          .isInstanceOf(TimeoutException.class);
      assertThatThrownBy(() -> resolver.resolve("other.example", LONG))
          .isInstanceOf(UnknownHostException.class);
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsAtOnceWhenInterrupted() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Resolver resolver = new SystemResolver(host -> hanging(end), 1, 1, LONG);
    try {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> resolver.resolve("some.example", LONG))
          .isInstanceOf(InterruptedException.class);
    } finally {
      end.countDown();
    }
    assertThat(resolver.resolve("some.example", LONG)).containsExactly(SOME);
  }

  private InetAddress[] answering(String host) {
    assertThat(host).isNotEmpty();
    asked.incrementAndGet();
    return new InetAddress[] {SOME};
  }

  private InetAddress[] hanging(CountDownLatch end) {
    asked.incrementAndGet();
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return new InetAddress[] {SOME};
  }
}
