package dev.rollcall.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection. Its requests are read and answered one after the other, on its own virtual
/// thread.
///
/// Each read and write has a deadline, which [Connections] enforces, for clients that send a header
/// one byte a second or never read their answer. The bytes of a body are counted here too,
/// including the framing of chunks.
final class Connection implements Runnable {
  enum Phase {
    IDLE,
    HEAD,
    REQUEST,
    STREAM
  }

  private static final long NONE = Long.MAX_VALUE;
  private static final int LARGEST_WRITE = 64 * 1024;

  /// After some time, a client that sends a body or reads an answer has to keep this rate.
  private static final long BODY_BYTES_A_SECOND = 1024;

  private static final long ANSWER_BYTES_A_SECOND = 16 * 1024;

  private static final Duration LINGERING = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofMillis(500);
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final InetSocketAddress remote;
  private final Connections all;
  private final Limits.Patience patience;
  private final RequestReader reader = new RequestReader(this);
  private final AnswerWriter writer = new AnswerWriter(this);

  private volatile Phase phase = Phase.IDLE;
  private volatile long deadline = NONE;
  private volatile long waitingSince = System.nanoTime();
  private volatile @Nullable Access access;
  private volatile boolean closing;
  private volatile @Nullable Thread thread;
  private long phaseEnd;
  private long slowestEnd;
  private long answerBegan;
  private long passed;
  private long allowance;

  Connection(Socket socket, Connections all) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.remote = (InetSocketAddress) socket.getRemoteSocketAddress();
    this.all = all;
    this.patience = all.patience();
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      while (answerNext()) {}
    } catch (ConnectionEnded e) {
      // there is nobody to tell
    } finally {
      cut();
      all.remove(this);
    }
  }

  /// Answers one request.
  ///
  /// @return whether another may follow
  private boolean answerNext() {
    phase = Phase.IDLE;
    access = null;
    if (closing) {
      return false;
    }
    try {
      RequestHead head = reader.next();
      return head != null && all.dispatcher().serve(this, head, reader, writer);
    } catch (MalformedRequest e) {
      answerBegins();
      all.dispatcher().refuse(e, writer);
      linger();
      return false;
    }
  }

  InetSocketAddress remote() {
    return remote;
  }

  /// The first bytes of a request have come.
  void headerBegins() {
    if (phase == Phase.IDLE) {
      phase = Phase.HEAD;
      phaseEnd = System.nanoTime() + patience.head().toNanos();
    }
  }

  /// The header was read. Now at most `bytes` bytes of body may come, plus the framing of chunks.
  void requestBegins(int bytes) {
    phase = Phase.REQUEST;
    long now = System.nanoTime();
    phaseEnd = now + patience.body().toNanos();
    slowestEnd = now + patience.body().toNanos() / 3;
    passed = 0;
    // also for the framing of chunks, and the beginning of the next request
    allowance = 2L * bytes + 64 * 1024;
  }

  /// The first bytes of the answer are about to be sent.
  void answerBegins() {
    answerBegan = System.nanoTime();
    passed = 0;
  }

  /// Continues to read for a moment after an answer that was sent before the end of the body.
  /// Closing a socket with unread bytes sends a reset, which can overtake the answer.
  void linger() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      return;
    }
    long end = System.nanoTime() + LINGERING.toNanos();
    allowance = Long.MAX_VALUE;
    phase = Phase.REQUEST;
    int count = 0;
    for (long rest = Route.LARGEST_BODY; rest > 0 && count >= 0; rest -= count) {
      phaseEnd = Math.min(end, System.nanoTime() + SILENCE.toNanos());
      slowestEnd = phaseEnd;
      count = read(UnwantedBytes.BIN, 0, UnwantedBytes.BIN.length);
      UnwantedBytes.awaitNext();
    }
  }

  /// The answer is an endless stream.
  void streamBegins() {
    phase = Phase.STREAM;
  }

  /// Since when the server has been waiting for the request of this client; empty if it is not
  /// waiting.
  OptionalLong waitingSince() {
    long since = waitingSince;
    return since == NONE ? OptionalLong.empty() : OptionalLong.of(since);
  }

  boolean isIdle() {
    return phase == Phase.IDLE;
  }

  /// Counts this request as a rejected ping.
  void turnsAway() {
    all.turnsAway();
  }

  /// Closes other connections that hold a place of the same kind and keep the server waiting.
  ///
  /// @return whether there were any
  boolean clearsOthers(Access access) {
    return all.clear(one -> one.phase == Phase.REQUEST && one.access == access);
  }

  /// Holds a place of this kind until the request has ended.
  void holds(Access route) {
    access = route;
  }

  /// Whether the deadline of this connection has passed.
  boolean isOverdue(long now) {
    long at = deadline;
    return at != NONE && now - at > 0;
  }

  /// Closes the socket, also while another thread reads or writes.
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // already closed
    }
  }

  /// Reads bytes.
  ///
  /// @return their number, or -1 if the client has closed the connection
  /// @throws ConnectionEnded if the client is gone or was too slow
  int read(byte[] into, int offset, int length) {
    Phase reading = phase;
    long now = System.nanoTime();
    waitingSince = now;
    deadline =
        switch (reading) {
          case IDLE -> now + patience.idle().toNanos();
          case HEAD, STREAM -> phaseEnd;
          case REQUEST -> Math.min(phaseEnd, slowestEnd + atPace(BODY_BYTES_A_SECOND));
        };
    int count;
    try {
      count = in.read(into, offset, length);
    } catch (IOException e) {
      throw new ConnectionEnded("the client is gone");
    } finally {
      deadline = NONE;
      waitingSince = NONE;
    }
    if (reading == Phase.REQUEST && count > 0) {
      passed += count;
      allowance -= count;
      if (allowance < 0) {
        throw Refusal.of(413, "the body is too large");
      }
    }
    return count;
  }

  /// Whether bytes have come that were not read yet.
  boolean hasMore() {
    try {
      return in.available() > 0;
    } catch (IOException e) {
      throw new ConnectionEnded("the client is gone");
    }
  }

  /// Writes bytes.
  ///
  /// @throws ConnectionEnded if the client is gone or does not read them
  void write(byte[] bytes, int offset, int length) {
    int at = offset;
    int last = offset + length;
    try {
      while (at < last) {
        int some = Math.min(LARGEST_WRITE, last - at);
        long longest = patience.write().toNanos();
        long end = System.nanoTime() + longest;
        deadline =
            phase == Phase.STREAM
                ? end
                : Math.min(end, answerBegan + longest + atPace(ANSWER_BYTES_A_SECOND));
        out.write(bytes, at, some);
        at += some;
        passed += some;
      }
    } catch (IOException e) {
      throw new ConnectionEnded("the client is gone");
    } finally {
      deadline = NONE;
    }
  }

  private long atPace(long bytesASecond) {
    return TimeUnit.SECONDS.toNanos(passed) / bytesASecond;
  }

  /// Lets a request that has begun end, and accepts no other.
  void close() {
    closing = true;
    switch (phase) {
      case IDLE, HEAD -> cut();
      case STREAM -> deadline = System.nanoTime() + LAST_WORD.toNanos();
      case REQUEST -> {}
    }
  }

  /// Ends the connection, also in the middle of a request.
  void end() {
    cut();
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
