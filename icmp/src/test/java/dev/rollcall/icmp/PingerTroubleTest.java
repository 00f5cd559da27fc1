package dev.rollcall.icmp;

import static dev.rollcall.icmp.Results.PATIENCE;
import static dev.rollcall.lab.LoopbackNetwork.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.lab.LoopbackNetwork;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong on this machine is a reason, and ends nothing. In a network of the test's own,
/// which needs root; without it these tests fail, and say so.
class PingerTroubleTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private static final PingerOptions FAST =
      PingerOptions.defaults()
          .withPacketsPerSecond(Integer.MAX_VALUE)
          .withGaps(Duration.ZERO, Duration.ZERO);

  @TempDir static Path folder;

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static void assertNotSent(PingResult result, String reason) {
    assertThat(result.status()).as(result.toString()).isEqualTo(PingStatus.NOT_SENT);
    assertThat(result.reason()).contains(reason);
    assertThat(result.status().isLoss()).isFalse();
    assertThat(result.sentNanos()).isZero();
  }

  @Test
  void whatTheSystemRefusesToSendIsNotLost() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (Pinger pinger = Pinger.open(FAST)) {
            assertNotSent(pinger.ping(address("192.0.2.1"), PATIENCE), "ENETUNREACH");
            assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            run("ip", "route", "add", "unreachable", "192.0.2.0/24");
            assertNotSent(pinger.ping(address("192.0.2.1"), PATIENCE), "EHOSTUNREACH");
            run("ip", "route", "replace", "prohibit", "192.0.2.0/24");
            assertNotSent(pinger.ping(address("192.0.2.1"), PATIENCE), "EACCES");
            run("ip", "route", "replace", "blackhole", "192.0.2.0/24");
            assertNotSent(pinger.ping(address("192.0.2.1"), PATIENCE), "EINVAL");
            assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            assertThat(pinger.statistics().notSent()).isEqualTo(4);
          }
        });
  }

  @Test
  void aFirewallThatForbidsToSendInTheMiddleIsAReason() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (Pinger pinger = Pinger.open(FAST)) {
            assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            run("iptables", "-A", "OUTPUT", "-p", "icmp", "-d", "127.1.1.1", "-j", "DROP");
            assertNotSent(pinger.ping(address("127.1.1.1"), PATIENCE), "EPERM");
            assertThat(pinger.ping(address("127.1.1.2"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            run("iptables", "-F");
            assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
          }
        });
  }

  @Test
  void anInterfaceThatGoesAwayAndComesBackIsAReasonMeanwhile() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          String[] add = {"ip", "link", "add", "here", "type", "veth", "peer", "name", "there"};
          run(add);
          run("ip", "address", "add", "10.9.0.1/24", "dev", "here");
          run("ip", "link", "set", "here", "up");
          try (Pinger pinger = Pinger.open(FAST)) {
            assertThat(pinger.ping(address("10.9.0.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            run("ip", "link", "delete", "here");
            assertNotSent(pinger.ping(address("10.9.0.1"), PATIENCE), "ENETUNREACH");
            run(add);
            run("ip", "address", "add", "10.9.0.1/24", "dev", "here");
            run("ip", "link", "set", "here", "up");
            assertThat(pinger.ping(address("10.9.0.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
          }
        });
  }

  @Test
  void anInterfaceThatGoesAwayWhileAReplyIsAwaitedIsNoLoss() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there");
          run("ip", "address", "add", "10.9.0.1/24", "dev", "here");
          run("ip", "-6", "address", "add", "fd00:9::1/64", "dev", "here", "nodad");
          run("ip", "link", "set", "there", "up");
          run("ip", "link", "set", "here", "up");
          for (String nobody : List.of("10.9.0.2", "10.9.0.3", "fd00:9::2")) {
            run("ip", "neigh", "add", nobody, "lladdr", "02:00:00:00:00:01", "dev", "here");
          }
          SettableClock clock = new SettableClock();
          Results results = new Results();
          try (Pinger pinger = Pinger.open(FAST, results, clock)) {
            pinger.submit(address("10.9.0.2"), 1, PATIENCE);
            pinger.submit(address("fd00:9::2"), 2, PATIENCE);
            pinger.submit(address("10.9.0.3"), 3, SHORT);
            assertThat(results.next().status()).isEqualTo(PingStatus.TIMEOUT);
            run("ip", "link", "delete", "here");
            clock.pass(PATIENCE.toNanos());
            assertThat(results.next(2))
                .allSatisfy(
                    result -> {
                      assertThat(result.status()).isEqualTo(PingStatus.UNKNOWN);
                      assertThat(result.reason()).contains("ENETUNREACH");
                    });
            assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
          }
        });
  }

  @Test
  void aNeighbourThatDoesNotAnswerIsUnreachable() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there");
          run("ip", "address", "add", "10.9.0.1/24", "dev", "here");
          run("sysctl", "-qw", "net.ipv4.neigh.here.retrans_time_ms=20");
          run("ip", "link", "set", "here", "up");
          run("ip", "link", "set", "there", "up");
          try (Pinger pinger = Pinger.open(FAST)) {
            PingResult result = pinger.ping(address("10.9.0.2"), PATIENCE);
            assertThat(result.status()).isEqualTo(PingStatus.UNREACHABLE);
            assertThat(result.reason()).isEqualTo("destination host unreachable");
            assertThat(result.from()).isEqualTo(address("10.9.0.1"));
          }
        });
  }

  @Test
  void withoutIpv6ItsPingsAreNotSent() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
          try (Pinger pinger = Pinger.open(FAST)) {
            assertThat(pinger.ping(address("::1"), PATIENCE).status())
                .isEqualTo(PingStatus.NOT_SENT);
            assertThat(pinger.ping(address("127.0.0.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
          }
        });
  }

  @Test
  void aSourceAddressIsUsedAndHasOneFamily() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          List<InetAddress> sources = new ArrayList<>();
          try (EchoResponder _ =
                  new EchoResponder(
                      request -> {
                        sources.add(
                            SocketAddress.address(
                                IpFamily.V4,
                                0,
                                ByteBuffer.wrap(request).getInt(12) & 0xffff_ffffL));
                        return List.of(EchoResponder.reply(request));
                      });
              Pinger pinger = Pinger.open(FAST.withSource(address("127.5.5.5")))) {
            assertThat(pinger.ping(address("127.0.0.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            assertThat(sources).containsExactly(address("127.5.5.5"));
            assertNotSent(pinger.ping(address("::1"), PATIENCE), "no IPv6");
          }
          assertThatThrownBy(() -> Pinger.open(FAST.withSource(address("192.0.2.1"))))
              .isInstanceOf(IcmpUnavailableException.class)
              .hasMessageContaining("192.0.2.1");
        });
  }

  @Test
  void theTextOfThePacketsIsTheOneOfTheOptions() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          String text = "rollcall measurement, see https://status.example.org/nodes";
          List<String> seen = new ArrayList<>();
          try (EchoResponder _ =
                  new EchoResponder(
                      request -> {
                        seen.add(new String(request, StandardCharsets.US_ASCII));
                        return List.of(EchoResponder.reply(request));
                      });
              Pinger pinger = Pinger.open(FAST.withText(text))) {
            assertThat(pinger.ping(address("127.0.0.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            assertThat(seen).singleElement().asString().contains(text);
          }
        });
  }

  @Test
  void aFullQueueSaysSoAndKeepsNothing() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          Results results = new Results();
          int accepted = 0;
          try (Pinger pinger =
              Pinger.open(
                  PingerOptions.defaults().withPacketsPerSecond(1).withInFlight(16), results)) {
            while (pinger.ping(address("127.1.1." + accepted), accepted, PATIENCE)) {
              accepted++;
            }
          }
          assertThat(accepted).isGreaterThanOrEqualTo(16);
          assertThat(results.next(accepted)).extracting(PingResult::tag).doesNotHaveDuplicates();
        });
  }

  @Test
  void tooManyPingsToOneAddressAreNotSent() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (Pinger pinger = Pinger.open(FAST.withGaps(Duration.ofSeconds(30), Duration.ZERO))) {
            assertThat(pinger.ping(address("127.1.1.1"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
            assertNotSent(pinger.ping(address("127.1.1.1"), PATIENCE), "gap");
            assertThat(pinger.ping(address("127.1.1.2"), PATIENCE).status())
                .isEqualTo(PingStatus.REPLY);
          }
        });
  }

  @Test
  void closingEndsWhatIsOnItsWay() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1");
          Results results = new Results();
          Pinger pinger = Pinger.open(FAST, results);
          pinger.submit(address("127.1.1.1"), 1, PATIENCE);
          pinger.close();
          PingResult result = results.next();
          assertThat(result.status()).isEqualTo(PingStatus.UNKNOWN);
          assertThat(result.reason()).contains("closed");
          pinger.close();
          assertThatThrownBy(() -> pinger.submit(address("127.1.1.1"), 1, PATIENCE))
              .isInstanceOf(IllegalStateException.class);
          assertThat(Thread.getAllStackTraces().keySet())
              .noneMatch(thread -> thread.getName().startsWith("icmp-"));
        });
  }

  @Test
  void aListenerThatFailsMissesOneResult() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          Results results = new Results();
          AtomicInteger failures = new AtomicInteger();
          PingListener listener =
              result -> {
                Thread.currentThread()
                    .setUncaughtExceptionHandler((_, _) -> failures.incrementAndGet());
                if (result.tag() == 1) {
                  throw new IllegalArgumentException("of the listener");
                }
                results.result(result);
              };
          try (Pinger pinger = Pinger.open(FAST, listener)) {
            for (int i = 0; i < 3; i++) {
              pinger.submit(address("127.1.1.1"), i, PATIENCE);
            }
            assertThat(results.next(2)).extracting(PingResult::tag).containsExactly(0L, 2L);
          }
          assertThat(failures).hasValue(1);
        });
  }

  @Test
  void severalPingsToOneHostAreAnsweredInOrder() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (Pinger pinger = Pinger.open(FAST)) {
            assertThat(pinger.ping(address("127.0.0.1"), 4, Duration.ofMillis(1), PATIENCE))
                .allMatch(result -> result.status() == PingStatus.REPLY)
                .extracting(PingResult::tag)
                .containsExactly(0L, 1L, 2L, 3L);
          }
        });
  }

  /// Many callers on virtual threads, more than there are carriers.
  @Test
  void waitingCallersHoldNoCarrier() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1");
          AtomicInteger timeouts = new AtomicInteger();
          try (Pinger pinger = Pinger.open(FAST)) {
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
              InetAddress target = address("127.1.1." + i % 250);
              callers.add(
                  Thread.startVirtualThread(
                      () -> {
                        try {
                          if (pinger.ping(target, SHORT).status() == PingStatus.TIMEOUT) {
                            timeouts.incrementAndGet();
                          }
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      }));
            }
            for (Thread caller : callers) {
              caller.join();
            }
          }
          assertThat(timeouts).hasValue(500);
        });
  }

  @Test
  void nothingIsLostWhileGarbageIsCollected() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          AtomicBoolean end = new AtomicBoolean();
          Thread allocating =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        List<byte[]> live = new ArrayList<>();
                        for (int i = 0; !end.get(); i++) {
                          if (live.size() < 100) {
                            live.add(new byte[100_000]);
                          } else {
                            live.set(i % 100, new byte[100_000]);
                          }
                        }
                      });
          long collections = collections();
          try (Pinger pinger = Pinger.open(PingerOptions.defaults())) {
            while (collections() < collections + 5) {
              for (PingResult result :
                  pinger.ping(address("127.0.0.1"), 20, Duration.ofMillis(1), PATIENCE)) {
                assertThat(result.status()).isEqualTo(PingStatus.REPLY);
                assertThat(result.errorNanos()).isZero();
              }
            }
          } finally {
            end.set(true);
            allocating.join();
          }
        });
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  @Test
  void aUserWithoutRightsPingsOrIsToldWhatToDo() throws Exception {
    LoopbackNetwork.in(
        () -> {
          assertThat(asNobody())
              .contains("net.ipv4.ping_group_range")
              .contains("CAP_NET_RAW")
              .hasLineCount(1);
          run("sysctl", "-qw", "net.ipv4.ping_group_range=65534 65534");
          assertThat(asNobody()).isEqualToIgnoringNewLines("REPLY REPLY");
        });
  }

  private static String asNobody() throws Exception {
    Path classes = Files.createTempDirectory(folder, "classes");
    for (Path below = classes;
        below != null && below.startsWith(folder);
        below = below.getParent()) {
      Files.setPosixFilePermissions(below, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (Class<?> part : List.of(Pinger.class, PingAsNobody.class)) {
      Path source = Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(source)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = classes.resolve(source.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.write(copy, Files.readAllBytes(file));
        }
      }
    }
    return run(
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--inh-caps=-all",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classes.toString(),
        PingAsNobody.class.getName());
  }

  @Test
  void optionsThatAreNotPossibleAreRefused() {
    PingerOptions options = PingerOptions.defaults();
    assertThatThrownBy(() -> options.withPacketsPerSecond(0))
        .hasMessageContaining("packetsPerSecond is 0");
    assertThatThrownBy(() -> options.withInFlight(1 << 17)).hasMessageContaining("inFlight");
    assertThatThrownBy(() -> options.withTtl(256)).hasMessageContaining("ttl is 256");
    assertThatThrownBy(() -> options.withText("straße")).hasMessageContaining("ASCII");
    assertThatThrownBy(() -> options.withGaps(Duration.ofMillis(-1), Duration.ZERO))
        .hasMessageContaining("negative");
  }

  @Test
  void aTimeoutThatIsNotPossibleIsRefused() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          try (Pinger pinger = Pinger.open(FAST)) {
            for (Duration timeout :
                List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofMinutes(11))) {
              assertThatThrownBy(() -> pinger.ping(address("127.0.0.1"), 1, timeout))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("timeout");
            }
          }
        });
  }
}
