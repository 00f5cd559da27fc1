package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.LoopbackNetwork;
import dev.rollcall.lab.NetworkLab;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What goes wrong on this machine in the middle of a trace is told as such, and ends no tracer.
///
/// ```text
/// source - router - silent - target, which does not exist
/// ```
class TracerTroubleTest {
  /// Long enough for a program to run between two attempts.
  private static final Duration ATTEMPT = Duration.ofMillis(500);

  private static final String NOBODY = "10.99.0.1";

  private static NetworkLab lab;
  private static LabNode source;
  private static LabNode router;

  @BeforeAll
  static void build() {
    lab = NetworkLab.open();
    source = lab.node("source");
    router = lab.node("router");
    LabNode silent = lab.node("silent").silent().block4("10.99.0.0/16");
    lab.link(source, router);
    lab.link(router, silent);
    lab.build();
  }

  @AfterAll
  static void delete() {
    lab.close();
  }

  /// Traces to who does not answer; something happens once the router has answered.
  private static Trace disturbed(Tracer tracer, Runnable trouble) throws Exception {
    CompletableFuture<Trace> trace = new CompletableFuture<>();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    tracer.submit(
        InetAddress.ofLiteral(NOBODY),
        new TraceListener() {
          @Override
          public boolean wantsAnswers() {
            return true;
          }

          @Override
          public void answered(InetAddress target, int ttl, HopNode node) {
            begun.complete(null);
          }

          @Override
          public void finished(Trace found) {
            trace.complete(found);
          }
        });
    begun.get();
    trouble.run();
    return trace.get();
  }

  private static void assertTroubleHere(Trace trace, String reason) {
    assertThat(trace.end()).as(trace.toString()).isEqualTo(TraceEnd.NOT_SENT);
    assertThat(trace.reason()).contains(reason);
    assertThat(trace.hops().getFirst().state()).isEqualTo(HopState.ANSWERED);
  }

  private static void assertReachesRouter(Tracer tracer) throws InterruptedException {
    assertThat(tracer.trace(InetAddress.ofLiteral(router.address4())).end())
        .isEqualTo(TraceEnd.REACHED);
  }

  private static Tracer tracer() {
    return Tracer.open(TracerOptions.defaults().withProbes(1, 8, ATTEMPT).withHops(4, 4));
  }

  @Test
  void anInterfaceThatGoesAwayInTheMiddleIsNoEndOfThePath() {
    source.inside(
        () -> {
          try (Tracer tracer = tracer()) {
            assertTroubleHere(
                disturbed(tracer, () -> source.ip("link set v1 down")), "ENETUNREACH");
            source.ip("link set v1 up");
            lab.reroute();
            assertReachesRouter(tracer);
          }
          return null;
        });
  }

  @Test
  void aFirewallThatForbidsToSendInTheMiddleIsNoEndOfThePath() {
    source.inside(
        () -> {
          try (Tracer tracer = tracer()) {
            assertTroubleHere(
                disturbed(
                    tracer,
                    () ->
                        LoopbackNetwork.run(
                            "iptables", "-A", "OUTPUT", "-p", "icmp", "-j", "DROP")),
                "EPERM");
            LoopbackNetwork.run("iptables", "-F");
            assertReachesRouter(tracer);
          }
          return null;
        });
  }

  @Test
  void aClockThatIsSetDuringATraceDoesNotShowInItsTimes() throws Exception {
    for (long step : new long[] {3_600_000_000_000L, -5_000_000L}) {
      LoopbackNetwork.in(
          () -> {
            SettableClock clock = new SettableClock();
            try (EchoResponder _ =
                    new EchoResponder(
                        request -> {
                          clock.step(step);
                          return List.of(EchoResponder.reply(request));
                        });
                Tracer tracer = Tracer.open(TracerOptions.defaults(), clock)) {
              Trace trace = tracer.trace(InetAddress.ofLiteral("127.1.2.3"));
              assertThat(trace.end()).isEqualTo(TraceEnd.REACHED);
              assertThat(trace.hops().getFirst().nodes().getFirst().rtts())
                  .isNotEmpty()
                  .allSatisfy(
                      rtt -> assertThat(rtt).isBetween(Duration.ZERO, Duration.ofSeconds(10)));
            }
          });
    }
  }
}
