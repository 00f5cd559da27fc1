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

  /// After the first report, which does not know the offset of the clocks yet: the server takes the
  /// time that it took for one.
  private static final Duration SOON = Duration.ofSeconds(1);

  /// For a server that lists no nodes. It may be replaced by one that does.
  private static final Duration RARELY = Duration.ofMinutes(10);

  /// A server whose clock is further away has none.
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  private final String node;
  private final NodeListing listing;
  private final Function<Optional<Duration>, NodeStatus> status;
  private final Clock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("node-report", "the report of this node", EVERY, this::round);

  // Used by the thread of the loop only.
  private String failure = "";

  /// How far this clock is ahead of the server's; empty until it is known.
  private Optional<Duration> offset = Optional.empty();

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
    Instant before = clock.wall();
    try {
      Optional<Instant> there = listing.report(node, status.apply(offset));
      if (there.isEmpty()) {
        return RARELY;
      }
      // The server looked at its clock in the middle of the request, as far as anybody knows.
      Duration asking = Duration.between(before, clock.wall());
      boolean first = offset.isEmpty();
      Duration ahead = Duration.between(there.get(), before.plus(asking.dividedBy(2)));
      offset = Optional.of(ahead).filter(far -> far.abs().compareTo(FURTHEST) < 0);
      failure = "";
      return first && offset.isPresent() ? SOON : EVERY;
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

  @Override
  public void close() {
    loop.close(MeasuringNode.CLOSE_PATIENCE);
  }
}
