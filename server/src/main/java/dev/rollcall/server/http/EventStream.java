package dev.rollcall.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Server-sent events to one client, compressed where it takes that.
///
/// Whoever has something to tell calls [#send], which never waits; the request's own thread writes.
/// Whoever sends much asks first how far the client is [#behind], and sends it the state as it then
/// is once it is not, which costs it less than the events it missed. A client that lags 256 events
/// behind all the same is cut: its browser connects anew.
public final class EventStream {
  private static final int MOST_WAITING = 256;
  private static final PreparedEvents HEARTBEAT = PreparedEvents.raw(":\n\n");
  private static final PreparedEvents GREETING = PreparedEvents.raw("retry: 3000\n\n");
  private static final PreparedEvents END = PreparedEvents.raw("");

  private final BlockingQueue<PreparedEvents> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final String remote;
  private final boolean gzip;
  private final Duration heartbeat;
  private final GzipBlocks blocks = new GzipBlocks();
  private volatile boolean writing;
  private volatile boolean ended;

  /// @param remote whose it is
  EventStream(String remote, boolean gzip, Duration heartbeat) {
    this.remote = remote;
    this.gzip = gzip;
    this.heartbeat = heartbeat;
  }

  String remote() {
    return remote;
  }

  boolean compresses() {
    return gzip;
  }

  /// Sends an event, or drops it where the stream has ended.
  ///
  /// @return false once the stream has ended: there is nobody to send to any more
  public boolean send(String event, String data) {
    return send(PreparedEvents.of(event, data));
  }

  /// Sends events that others may be sent as well.
  ///
  /// @return false once the stream has ended: there is nobody to send to any more
  public boolean send(PreparedEvents events) {
    if (!ended && !waiting.offer(events)) {
      end();
    }
    return !ended;
  }

  /// How much of what it was sent the client has yet to take.
  public int behind() {
    return waiting.size() + (writing ? 1 : 0);
  }

  /// Ends the stream at once; what waits is not sent.
  public void end() {
    ended = true;
    waiting.clear();
    waiting.offer(END);
  }

  /// Writes events until the stream ends or the client is gone. While nothing happens, a comment
  /// now and then finds out about a client that left without a word.
  void pump(OutputStream out) throws IOException, InterruptedException {
    if (gzip) {
      out.write(GzipBlocks.header());
    }
    write(GREETING, out);
    out.flush();
    while (!ended) {
      PreparedEvents next = waiting.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
      writing = true;
      next = next == null ? HEARTBEAT : next;
      while (next != null && !ended) {
        write(next, out);
        next = waiting.poll();
      }
      out.flush();
      writing = false;
    }
    if (gzip) {
      out.write(blocks.end());
    }
  }

  private void write(PreparedEvents events, OutputStream out) throws IOException {
    if (gzip) {
      blocks.sent(events.plain());
      out.write(events.deflated());
    } else {
      out.write(events.plain());
    }
  }
}
