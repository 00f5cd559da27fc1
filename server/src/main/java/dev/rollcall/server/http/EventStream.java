package dev.rollcall.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Server-sent events to one client, compressed if it accepts that.
///
/// [#send] never waits; the thread of the request writes. Code that sends much first asks how far
/// the client is [#behind], and later sends the present state instead of all missed events. A
/// client that is 256 events behind is disconnected; its browser connects again.
public final class EventStream {
  private static final int MOST_WAITING = 256;
  private static final PreparedEvents HEARTBEAT = PreparedEvents.raw(":\n\n");
  private static final PreparedEvents GREETING = PreparedEvents.raw("retry: 3000\n\n");
  private static final PreparedEvents END = PreparedEvents.raw("");

  private final BlockingQueue<PreparedEvents> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final String remote;
  private final boolean gzip;
  private final Duration heartbeat;
  private final BooleanSupplier allowed;
  private final GzipBlocks blocks = new GzipBlocks();
  private volatile boolean writing;
  private volatile boolean ended;

  /// @param remote the address of the client
  /// @param allowed whether the client may still read it; asked before events are written
  EventStream(String remote, boolean gzip, Duration heartbeat, BooleanSupplier allowed) {
    this.remote = remote;
    this.gzip = gzip;
    this.heartbeat = heartbeat;
    this.allowed = allowed;
  }

  String remote() {
    return remote;
  }

  boolean compresses() {
    return gzip;
  }

  /// Sends an event, unless the stream has ended.
  ///
  /// @return false if the stream has ended
  public boolean send(String event, String data) {
    return send(PreparedEvents.of(event, data));
  }

  /// Sends events that are also sent to others.
  ///
  /// @return false if the stream has ended
  public boolean send(PreparedEvents events) {
    if (!ended && !waiting.offer(events)) {
      end();
    }
    return !ended;
  }

  /// How many events the client has not read yet.
  public int behind() {
    return waiting.size() + (writing ? 1 : 0);
  }

  /// Ends the stream at once, without waiting events.
  public void end() {
    ended = true;
    waiting.clear();
    waiting.offer(END);
  }

  /// Writes events until the stream ends or the client is gone. While there are none, comments at
  /// intervals show whether the client is still there.
  void pump(OutputStream out) throws IOException, InterruptedException {
    if (gzip) {
      out.write(GzipBlocks.header());
    }
    write(GREETING, out);
    out.flush();
    while (!ended) {
      PreparedEvents next = waiting.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
      if (!allowed.getAsBoolean()) {
        break;
      }
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
