package dev.rollcall.icmp;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.LabNode.Link;
import dev.rollcall.lab.NetworkLab;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Traces through a laboratory of thirteen routers.
///
/// ```text
/// source - r1 - r2 < r3a, r3b > r4 - r5 (rate-limited) - r6 (silent) - r7 - target
///               |                |                        |            |
///               six1             back - target            hole         small - little
///               |                (the way back)       (MTU 1300)    (MTU 1300)
///               six2 - target6
///         r1 - ring1 = ring2, which send to each other
/// ```
class TracerTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private static NetworkLab lab;
  private static LabNode source;
  private static LabNode target;
  private static LabNode target6;
  private static LabNode little;
  private static LabNode hole;
  private static LabNode looped;
  private static LabNode lonely;
  private static Link lastLink;

  @BeforeAll
  static void build() {
    lab = NetworkLab.open();
    source = lab.node("source");
    target = lab.node("target").block4("10.78.0.0/16");
    target6 = lab.node("target6");
    little = lab.node("little");
    hole = lab.node("hole");
    looped = lab.node("looped");
    lonely = lab.node("lonely");
    LabNode r1 = lab.node("r1");
    LabNode r2 = lab.node("r2");
    LabNode r3a = lab.node("r3a");
    LabNode r3b = lab.node("r3b");
    LabNode r4 = lab.node("r4");
    LabNode r5 = lab.node("r5").rateLimited();
    LabNode r6 = lab.node("r6").silent();
    LabNode r7 = lab.node("r7");
    LabNode small = lab.node("small");
    LabNode back = lab.node("back");
    LabNode six1 = lab.node("six1");
    LabNode six2 = lab.node("six2");
    LabNode ring1 = lab.node("ring1");
    LabNode ring2 = lab.node("ring2");
    Link first = lab.link(source, r1);
    lab.link(r1, r2);
    lab.link(r2, r3a);
    lab.link(r2, r3b);
    lab.link(r3a, r4);
    lab.link(r3b, r4);
    Link fifth = lab.link(r4, r5);
    Link sixth = lab.link(r5, r6);
    Link seventh = lab.link(r6, r7);
    lastLink = lab.link(r7, target);
    lab.link(r7, small);
    lab.link(small, little).mtu(1300);
    lab.link(r6, hole).mtu(1300);
    lab.link(r4, back);
    Link wayBack = lab.link(back, target);
    r4.via(target, fifth);
    r5.via(target, sixth);
    r7.via(source, seventh); // not by the link that is cut
    target.via(source, wayBack);
    lab.link6(r2, six1);
    lab.link6(six1, six2);
    lab.link6(six2, target6);
    Link toRing = lab.link(r1, ring1);
    Link ring = lab.link(ring1, ring2);
    r1.via(looped, toRing);
    ring1.via(looped, ring);
    ring2.via(looped, ring);
    source.via(looped, first).via(lonely, first);
    lab.build();
  }

  @AfterAll
  static void delete() {
    lab.close();
  }

  private static TracerOptions options() {
    return TracerOptions.defaults().withProbes(1, 2, SHORT).withRate(100_000, Duration.ZERO, 256);
  }

  private static Trace trace(TracerOptions options, String address) {
    return source.inside(
        () -> {
          try (Tracer tracer = Tracer.open(options)) {
            return tracer.trace(InetAddress.ofLiteral(address));
          }
        });
  }

  /// Routers limit how often they answer, and other tests have just asked them. So it is traced
  /// until they have answered, twenty times at most.
  private static Trace trace(TracerOptions options, String address, Predicate<Trace> isComplete) {
    Trace trace = trace(options, address);
    for (int i = 0; i < 20 && !isComplete.test(trace); i++) {
      trace = trace(options, address);
    }
    return trace;
  }

  private static boolean hasFifth(Trace trace) {
    return names(trace).contains("r5");
  }

  /// The names of the routers, `*` for a hop that is silent, `r3` for both of that hop.
  private static List<String> names(Trace trace) {
    return trace.hops().stream().map(TracerTest::name).toList();
  }

  private static String name(Hop hop) {
    return hop.nodes().isEmpty()
        ? "*"
        : hop.nodes().stream()
            .map(node -> name(node.address()))
            .distinct() // a router has an address for each link
            .sorted()
            .collect(Collectors.joining("|"));
  }

  private static String name(InetAddress address) {
    String text = address.getHostAddress();
    return text.startsWith("10.78.") ? "target" : lab.nodeAt(compressed(text)).toString();
  }

  /// `fd00:200:0:0:0:0:0:1` as `fd00:200::1`.
  private static String compressed(String address) {
    return address.replaceFirst(":(0:)+", "::");
  }

  private static List<String> oneOfR3(List<String> names) {
    return names.stream().map(name -> name.matches("r3[ab]") ? "r3" : name).toList();
  }

  @ParameterizedTest
  @EnumSource(TraceMethod.class)
  void findsThePathToATargetOfIpv4(TraceMethod method) {
    Trace trace = trace(options().withMethod(method), target.address4(), TracerTest::hasFifth);
    assertThat(oneOfR3(names(trace)))
        .containsExactly("r1", "r2", "r3", "r4", "r5", "*", "r7", "target");
    assertThat(trace.end()).isEqualTo(TraceEnd.REACHED);
    assertThat(trace.hops().get(5).state()).isEqualTo(HopState.SILENT);
    assertThat(trace.hops())
        .flatExtracting(Hop::nodes)
        .flatExtracting(HopNode::rtts)
        .hasSize(7)
        .allSatisfy(rtt -> assertThat(rtt).isBetween(Duration.ofNanos(1), SHORT));
  }

  @ParameterizedTest
  @EnumSource(TraceMethod.class)
  void findsThePathToATargetOfIpv6(TraceMethod method) {
    Trace trace = trace(options().withMethod(method), target6.address6());
    assertThat(names(trace)).containsExactly("r1", "r2", "six1", "six2", "target6");
    assertThat(trace.end()).isEqualTo(TraceEnd.REACHED);
  }

  @Test
  void findsItWithoutAnyRight() {
    source.set("ipv4/ping_group_range", "0 2147483647");
    for (String address : List.of(target.address4(), target6.address6())) {
      Trace trace =
          source.insideWithoutRights(
              () -> {
                try (Tracer tracer = Tracer.open(options())) {
                  return tracer.trace(InetAddress.ofLiteral(address));
                }
              });
      assertThat(trace.end()).isEqualTo(TraceEnd.REACHED);
      assertThat(oneOfR3(names(trace)))
          .startsWith("r1", "r2")
          .contains(address.equals(target.address4()) ? "r4" : "six2");
    }
  }

  @Test
  void saysWithoutAnyRightAndWithoutPingSocketsWhatToDo() {
    source.set("ipv4/ping_group_range", "1 0");
    assertThatThrownBy(() -> source.insideWithoutRights(() -> Tracer.open(options())))
        .isInstanceOf(IcmpUnavailableException.class)
        .hasMessageContaining("net.ipv4.ping_group_range")
        .hasMessageContaining("CAP_NET_RAW");
    assertThatThrownBy(
            () ->
                source.insideWithoutRights(
                    () -> Tracer.open(options().withMethod(TraceMethod.UDP))))
        .isInstanceOf(IcmpUnavailableException.class)
        .hasMessageContaining("CAP_NET_RAW")
        .hasMessageContaining("trace with ICMP");
  }

  @Test
  void keepsToOnePathForOneFlow() {
    List<String> thirds =
        source.inside(
            () -> {
              List<String> found = new ArrayList<>();
              TracerOptions options =
                  options().withMethod(TraceMethod.UDP).withProbes(6, 1, SHORT).withHops(4, 8);
              try (Tracer tracer = Tracer.open(options)) {
                for (int i = 0; i < 30; i++) {
                  Trace trace = tracer.trace(InetAddress.ofLiteral(target.address4()));
                  found.add(name(trace.hops().get(2)));
                }
              }
              return found;
            });
    assertThat(thirds).allMatch(name -> name.equals("r3a") || name.equals("r3b"));
    assertThat(new HashSet<>(thirds)).hasSize(2); // another trace is another flow
  }

  @Test
  void findsAllPathsWhereAsked() {
    Trace trace = trace(options().withMethod(TraceMethod.UDP).withMultipath(), target.address4());
    assertThat(names(trace)).startsWith("r1", "r2", "r3a|r3b", "r4").endsWith("r7", "target");
    Hop third = trace.hops().get(2);
    assertThat(third.sent()).isGreaterThanOrEqualTo(11);
    assertThat(third.nodes())
        .allSatisfy(node -> assertThat(node.flows()).hasSizeGreaterThan(0).doesNotHaveDuplicates());
  }

  @Test
  void endsAtALoop() {
    Trace trace = trace(options(), looped.address4());
    assertThat(trace.end()).isEqualTo(TraceEnd.LOOP);
    assertThat(names(trace)).containsExactly("r1", "ring1", "ring2", "ring1", "ring2");
  }

  @Test
  void saysWhoCannotDeliver() {
    Trace trace = trace(options(), lonely.address4(), found -> found.end() == TraceEnd.UNREACHABLE);
    assertThat(trace.end()).isEqualTo(TraceEnd.UNREACHABLE);
    assertThat(trace.hops().getLast().nodes().getFirst().error()).contains(HopError.NETWORK);
    assertThat(trace.reason()).startsWith("network unreachable, says ");
    assertThat(names(trace)).endsWith("r1");
  }

  @Test
  void tellsItsOwnTroubleFromThatOfThePath() {
    Trace trace = trace(options(), "10.99.0.1");
    assertThat(trace.end()).isEqualTo(TraceEnd.NOT_SENT);
    assertThat(trace.reason()).contains("unreachable");
    assertThat(trace.hops()).isEmpty();
  }

  @Test
  void seesALinkThatIsCutAndThenRestored() {
    lastLink.cut();
    try {
      Trace trace = trace(options(), target.address4());
      assertThat(trace.reached()).isFalse();
      assertThat(names(trace).subList(0, 7)).endsWith("*", "r7");
    } finally {
      lastLink.restore();
    }
    assertThat(trace(options(), target.address4()).reached()).isTrue();
  }

  @Test
  void findsTheMtuOfALink() {
    Trace trace = trace(options().withMtuDiscovery(1500), little.address4());
    assertThat(trace.end()).isEqualTo(TraceEnd.REACHED);
    assertThat(trace.hops())
        .filteredOn(hop -> name(hop).equals("small"))
        .flatExtracting(Hop::nodes)
        .allSatisfy(node -> assertThat(node.mtu()).hasValue(1300));
    assertThat(trace.hops().getFirst().octets()).isEqualTo(1500);
    assertThat(trace.hops().getLast().octets()).isEqualTo(1300);
    assertThat(trace.hops().getLast().sent()).isEqualTo(trace.hops().getLast().answered());
  }

  @Test
  void showsWhereLargePacketsVanish() {
    Trace trace = trace(options().withMtuDiscovery(1500), hole.address4(), TracerTest::hasFifth);
    assertThat(trace.end()).isEqualTo(TraceEnd.REACHED);
    assertThat(names(trace)).endsWith("r5", "*", "hole");
    assertThat(trace.hops().get(4).octets()).isEqualTo(1500);
    assertThat(trace.hops().getLast().octets()).isEqualTo(60);
  }

  /// Traces to as many targets of the block at once.
  private static List<Trace> traces(TracerOptions options, int count) {
    return source.inside(
        () -> {
          List<Trace> traces = new ArrayList<>();
          CountDownLatch all = new CountDownLatch(count);
          try (Tracer tracer = Tracer.open(options)) {
            for (int i = 0; i < count; i++) {
              tracer.submit(
                  InetAddress.ofLiteral("10.78." + i / 250 + "." + (i % 250 + 1)),
                  trace -> {
                    traces.add(trace);
                    all.countDown();
                  });
            }
            assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
          }
          return traces;
        });
  }

  @Test
  void asksRoutersNearbyNotAgainForEachTarget() {
    TracerOptions options = options().withHops(4, 8);
    Trace first = trace(options, "10.78.1.1");
    List<Trace> traces = traces(options, 500);
    assertThat(traces).hasSize(500);
    int sent = traces.stream().mapToInt(Trace::sent).sum();
    assertThat(sent).isLessThan(500 * first.sent() * 4 / 5);
    assertThat(traces)
        .allSatisfy(
            trace -> assertThat(oneOfR3(names(trace))).containsExactly("r1", "r2", "r3", "r4"));
    assertThat(traces)
        .anySatisfy(
            trace -> assertThat(trace.hops().getFirst().nodes().getFirst().remembered()).isTrue());
  }

  @Test
  void isNotConfusedByAFloodOfForgedAnswers() throws Exception {
    LabNode forger = lab.nodeAt("10.201.1.2"); // r1, next to the source
    CountDownLatch enough = new CountDownLatch(1);
    Thread flood =
        forger.inside(
            () -> {
              Forger forgerSocket = new Forger(source.address4(), target.address4());
              Thread thread = new Thread(() -> forgerSocket.flood(enough));
              thread.start();
              return thread;
            });
    try {
      int _ =
          source.inside(
              () -> {
                int checked = 0;
                try (ExecutorService five = Executors.newFixedThreadPool(5)) {
                  for (Future<Trace> one :
                      five.invokeAll(nCopies(20, (Callable<Trace>) TracerTest::traceInTheFlood))) {
                    assertThat(oneOfR3(names(one.get())))
                        .startsWith("r1", "r2", "r3", "r4")
                        .endsWith("r7", "target")
                        .hasSize(8);
                    checked++;
                  }
                }
                return checked;
              });
    } finally {
      enough.countDown();
      flood.join();
    }
  }

  private static Trace traceInTheFlood() throws Exception {
    try (Tracer tracer = Tracer.open(options())) {
      Trace found = tracer.trace(InetAddress.ofLiteral(target.address4()));
      assertThat(tracer.counts().foreign()).isPositive();
      assertThat(tracer.counts().malformed()).isPositive();
      return found;
    }
  }

  @Test
  void tellsTheAnswersAsTheyCome() {
    List<String> answers =
        source.inside(
            () -> {
              List<String> found = new ArrayList<>();
              CountDownLatch done = new CountDownLatch(1);
              try (Tracer tracer = Tracer.open(options())) {
                tracer.submit(
                    InetAddress.ofLiteral(target6.address6()),
                    new TraceListener() {
                      @Override
                      public boolean wantsAnswers() {
                        return true;
                      }

                      @Override
                      public void answered(InetAddress address, int ttl, HopNode node) {
                        assertThat(node.rtts()).hasSize(1);
                        found.add(ttl + " " + name(node.address()));
                      }

                      @Override
                      public void finished(Trace trace) {
                        done.countDown();
                      }
                    });
                assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
              }
              return found;
            });
    assertThat(answers).contains("1 r1", "2 r2", "3 six1", "4 six2", "5 target6");
  }

  @Test
  void endsTracesThatAreOnTheirWayWhenItIsClosed() throws Exception {
    List<Trace> traces = new ArrayList<>();
    source.inside(
        () -> {
          Tracer tracer = Tracer.open(options().withProbes(1, 8, Duration.ofSeconds(60)));
          tracer.submit(InetAddress.ofLiteral(target.address4()), traces::add);
          tracer.close();
          assertThatThrownBy(
                  () -> tracer.submit(InetAddress.ofLiteral(target.address4()), traces::add))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("the tracer is closed");
          return null;
        });
    assertThat(traces).extracting(Trace::end).containsExactly(TraceEnd.INTERRUPTED);
  }
}
