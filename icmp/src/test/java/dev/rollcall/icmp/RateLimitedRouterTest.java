package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.NetworkLab;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A router that limits how often it answers is told from one that never does, once it has answered
/// some traces and not others.
///
/// ```text
/// source - quick - limited - silent - target
/// ```
class RateLimitedRouterTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @Test
  void isToldFromOneThatIsSilent() {
    try (NetworkLab lab = NetworkLab.open()) {
      LabNode source = lab.node("source");
      LabNode quick = lab.node("quick");
      LabNode limited = lab.node("limited").rateLimited();
      LabNode silent = lab.node("silent").silent();
      LabNode target = lab.node("target").block4("10.78.0.0/16");
      lab.link(source, quick);
      lab.link(quick, limited);
      lab.link(limited, silent);
      lab.link(silent, target);
      lab.build();
      List<Trace> traces = source.inside(() -> traces(40));
      assertThat(traces).allMatch(Trace::reached);
      assertThat(states(traces, 2)).contains(HopState.RATE_LIMITED).doesNotContain(HopState.SILENT);
      assertThat(states(traces, 3)).containsExactly(HopState.SILENT);
      assertThat(states(traces, 1)).containsExactly(HopState.ANSWERED);
    }
  }

  /// To as many targets of the block, one after the other.
  private static List<Trace> traces(int count) throws Exception {
    TracerOptions options =
        TracerOptions.defaults()
            .withProbes(1, 1, SHORT)
            .withRate(100_000, Duration.ZERO, 256)
            .withRemember(Duration.ofMinutes(1));
    List<Trace> traces = new ArrayList<>();
    try (Tracer tracer = Tracer.open(options)) {
      for (int i = 1; i <= count; i++) {
        traces.add(tracer.trace(InetAddress.ofLiteral("10.78.0." + i)));
      }
    }
    return traces;
  }

  private static Set<HopState> states(List<Trace> traces, int ttl) {
    return traces.stream()
        .skip(1) // the first one knows nothing
        .map(trace -> trace.hops().get(ttl - 1).state())
        .collect(Collectors.toSet());
  }
}
