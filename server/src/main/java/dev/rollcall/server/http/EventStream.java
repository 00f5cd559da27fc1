package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Server-sent events to one client.
///
/// Whoever has something to tell calls [#send], which never waits; the request's own thread writes.
/// A client that lags 256 events behind is cut: its browser connects anew and asks for the state as
/// it then is, which costs it less than the events it missed.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>
public final class EventStream {
  private static final int MOST_WAITING = 256;
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(UTF_8);
  private static final byte[] GREETING = "retry: 3000\n\n".getBytes(UTF_8);
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Duration heartbeat;
  private volatile boolean ended;

  EventStream(Duration heartbeat) {
    this.heartbeat = heartbeat;
  }

  /// Sends an event, or drops it where the stream has ended. Each line of `data` becomes one
  /// `data:` line, so that it arrives as it was.
  ///
  /// @param event its name: one line
  /// @return false once the stream has ended: there is nobody to send to any more
  public boolean send(String event, String data) {
    if (event.lines().count() != 1) {
      throw new IllegalArgumentException("the name of an event is one line, not '" + event + "'");
    }
    StringBuilder text = new StringBuilder("event: ").append(event);
    for (String line : data.split("\r\n|\r|\n", -1)) {
      text.append("\ndata: ").append(line);
    }
    if (!ended && !waiting.offer(text.append("\n\n").toString().getBytes(UTF_8))) {
      end();
    }
    return !ended;
  }

  /// Ends the stream at once; what waits is not sent.
  void end() {
    ended = true;
    waiting.clear();
    waiting.offer(END);
  }

  /// Writes events until the stream ends or the client is gone. While nothing happens, a comment
  /// now and then finds out about a client that left without a word.
  void pump(OutputStream out) throws IOException, InterruptedException {
    out.write(GREETING);
    out.flush();
    while (!ended) {
      byte[] next = waiting.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
      next = next == null ? HEARTBEAT : next;
      while (next != null && !ended) {
        out.write(next);
        next = waiting.poll();
      }
      out.flush();
    }
  }
}
