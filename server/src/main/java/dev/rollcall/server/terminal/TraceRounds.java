package dev.rollcall.server.terminal;

import dev.rollcall.icmp.Trace;
import dev.rollcall.icmp.Tracer;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Traces once or again and again, and shows what it finds.
public final class TraceRounds {
  /// How it is shown.
  public enum Form {
    /// A line for each hop, as soon as it is known.
    LINES,
    /// A table of all rounds, which a terminal shows anew in its place.
    TABLE,
    /// The same table once, at the end.
    REPORT,
    /// A line of JSON for each trace, and one for all at the end.
    JSON
  }

  private final TracePlan plan;
  private final TraceOutput output;

  /// @param out where it is shown
  public TraceRounds(TracePlan plan, Form form, PrintWriter out) {
    this.plan = plan;
    this.output =
        switch (form) {
          case LINES -> new TraceLines(plan, out);
          case TABLE -> new TraceTable(plan, out, true);
          case REPORT -> new TraceTable(plan, out, false);
          case JSON -> new TraceJson(plan, out);
        };
  }

  /// Traces until all is done or `stop` is open.
  ///
  /// @return whether the target was reached by the last trace
  /// @throws dev.rollcall.icmp.IcmpUnavailableException if nothing can be sent here
  public boolean run(CountDownLatch stop) throws InterruptedException {
    TraceStatistics statistics = new TraceStatistics();
    boolean reached = false;
    try (Tracer tracer = Tracer.open(plan.options())) {
      output.begin();
      for (int round = 0; plan.rounds() == 0 || round < plan.rounds(); round++) {
        long next = System.nanoTime() + plan.interval().toNanos();
        Optional<Trace> trace = trace(tracer, stop);
        if (trace.isEmpty()) {
          break;
        }
        reached = trace.get().reached();
        statistics.add(trace.get());
        output.finished(trace.get(), statistics);
        boolean last = round + 1 == plan.rounds();
        if (!last && stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          break;
        }
      }
    }
    output.end(statistics);
    return reached;
  }

  /// @return nothing if it was stopped meanwhile
  private Optional<Trace> trace(Tracer tracer, CountDownLatch stop) throws InterruptedException {
    BlockingQueue<TraceOutput.News> news = new LinkedBlockingQueue<>();
    tracer.submit(plan.target(), TraceOutput.News.listener(news, plan.names()));
    while (stop.getCount() > 0) {
      switch (news.poll(100, TimeUnit.MILLISECONDS)) {
        case null -> {} // look whether to stop
        case TraceOutput.News.Answer answer -> output.answered(answer.ttl(), answer.node());
        case TraceOutput.News.Finished finished -> {
          return Optional.of(finished.trace());
        }
      }
    }
    return Optional.empty();
  }
}
