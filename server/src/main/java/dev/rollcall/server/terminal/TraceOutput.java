package dev.rollcall.server.terminal;

import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.Trace;
import dev.rollcall.icmp.TraceListener;
import java.net.InetAddress;
import java.util.Queue;

/// Shows traces to a person or a program.
sealed interface TraceOutput permits TraceLines, TraceTable, TraceJson {
  /// Before the first trace.
  void begin() throws InterruptedException;

  /// A probe was answered.
  void answered(int ttl, HopNode node) throws InterruptedException;

  /// A trace is complete.
  void finished(Trace trace, TraceStatistics statistics) throws InterruptedException;

  /// After the last trace.
  void end(TraceStatistics statistics) throws InterruptedException;

  /// What a tracer tells.
  sealed interface News {
    /// A probe was answered.
    record Answer(int ttl, HopNode node) implements News {}

    /// The trace is complete.
    record Finished(Trace trace) implements News {}

    /// Puts what a tracer tells into a queue. The lookups of names begin at once, so that whoever
    /// waits for one waits for all.
    static TraceListener listener(Queue<News> news, HopNames names) {
      return new TraceListener() {
        @Override
        public boolean wantsAnswers() {
          return true;
        }

        @Override
        public void answered(InetAddress target, int ttl, HopNode node) {
          names.expect(node.address());
          news.add(new Answer(ttl, node));
        }

        @Override
        public void finished(Trace trace) {
          news.add(new Finished(trace));
        }
      };
    }
  }
}
