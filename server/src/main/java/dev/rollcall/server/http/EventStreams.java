package dev.rollcall.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// The event streams open on one listener: so many at once and no more, all ended when it closes.
final class EventStreams {
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final Semaphore places;
  private final Duration heartbeat;
  private volatile boolean ended;

  EventStreams(Limits limits) {
    this.places = new Semaphore(limits.streams());
    this.heartbeat = limits.patience().heartbeat();
  }

  /// One permit a stream; whoever answers with a stream holds one while it lasts.
  Semaphore places() {
    return places;
  }

  /// Keeps a stream going until it ends, on the request's thread.
  void run(Function<EventStream, Runnable> opened, OutputStream out)
      throws IOException, InterruptedException {
    EventStream stream = new EventStream(heartbeat);
    open.add(stream);
    try {
      if (ended) {
        return;
      }
      Runnable whenEnded = opened.apply(stream);
      try {
        stream.pump(out);
      } finally {
        stream.end();
        whenEnded.run();
      }
    } finally {
      open.remove(stream);
    }
  }

  void end() {
    ended = true;
    open.forEach(EventStream::end);
  }
}
