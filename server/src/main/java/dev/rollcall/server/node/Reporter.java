package dev.rollcall.server.node;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.OutsideFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// Tells a server regularly how this node is, and measures how far the clocks are apart.
final class Reporter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Reporter.class.getName());

  /// Several of them fit into the time after which a node counts as silent.
  private static final Duration EVERY = Duration.ofSeconds(15);

  /// If the offset of the clocks turns out to be another than was reported. The first report has
  /// none: the server takes the time that it took for one.
  private static final Duration SOON = Duration.ofSeconds(1);

  /// An offset that is off by less can wait for the next report.
  private static final Duration EXACT_ENOUGH = Duration.ofMillis(20);

  /// For a server that lists no nodes. It may be replaced by one that does.
  private static final Duration RARELY = Duration.ofMinutes(10);

  private final String node;
  private final NodeListing listing;
  private final Function<Optional<Duration>, NodeStatus> status;
  private final Clock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("node-report", "the report of this node", EVERY, this::round);

  // Used by the thread of the loop only.
  private String failure = "";
  private final ClockOffset offset = new ClockOffset();

  /// @param status the present status, with that offset of the clock
  Reporter(
      String node,
      NodeListing listing,
      Function<Optional<Duration>, NodeStatus> status,
      Clock clock) {
    this.node = node;
    this.listing = listing;
    this.status = status;
    this.clock = clock;
  }

  void start() {
    loop.start();
  }

  /// Reports once.
  Duration round() throws InterruptedException {
    Optional<Duration> reported = offset.ahead();
    Instant before = clock.wall();
    Duration start = clock.monotonic();
    try {
      Optional<Instant> there = listing.report(node, status.apply(reported));
      if (there.isEmpty()) {
        return RARELY;
      }
      Duration end = clock.monotonic();
      offset.learn(before, there.get(), end.minus(start), end);
      failure = "";
      return isRight(reported) ? EVERY : SOON;
    } catch (RuntimeException e) {
      if (!(e instanceof OutsideFailure outside)) {
        throw e;
      }
      if (!loop.isClosing() && !failure.equals(outside.reason())) {
        failure = outside.reason();
        LOG.log(Level.WARNING, "this node cannot report, and tries again: {0}", failure);
      }
    }
    return EVERY;
  }

  private boolean isRight(Optional<Duration> reported) {
    return offset
        .ahead()
        .map(
            known ->
                reported.isPresent()
                    && known.minus(reported.get()).abs().compareTo(EXACT_ENOUGH) < 0)
        .orElse(true);
  }

  @Override
  public void close() {
    loop.close(MeasuringNode.CLOSE_PATIENCE);
  }
}
