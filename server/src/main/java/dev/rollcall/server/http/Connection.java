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

/// One connection, which waits for its client only so long: its requests are read and answered one
/// after the other, on a virtual thread of its own.
///
/// Every read and write leaves a deadline behind, which [Connections] watches: a client that sends
/// its header one byte a second, or never takes its answer, would stay for ever. The bytes of a
/// body are counted here as well, with all that frames them.
final class Connection implements Runnable {
  enum Phase {
    IDLE,
    HEAD,
    REQUEST,
    STREAM
  }

  private static final long NONE = Long.MAX_VALUE;
  private static final int LARGEST_WRITE = 64 * 1024;

  /// A client that sends a body, or takes an answer, keeps at least this pace after a while.
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

  /// @return whether another request may follow
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

  /// The first bytes of a request are there.
  void headerBegins() {
    if (phase == Phase.IDLE) {
      phase = Phase.HEAD;
      phaseEnd = System.nanoTime() + patience.head().toNanos();
    }
  }

  /// The header has been read; from here on `bytes` of body may come, in whatever chunks.
  void requestBegins(int bytes) {
    phase = Phase.REQUEST;
    long now = System.nanoTime();
    phaseEnd = now + patience.body().toNanos();
    slowestEnd = now + patience.body().toNanos() / 3;
    passed = 0;
    // what frames the chunks, and what of the next request comes along with the last of them
    allowance = 2L * bytes + 64 * 1024;
  }

  /// The answer begins to be sent.
  void answerBegins() {
    answerBegan = System.nanoTime();
    passed = 0;
  }

  /// Reads on for a moment after an answer that came before the end of the body: a socket closed
  /// with bytes unread is reset, and the reset would overtake the answer.
  void linger() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      return;
    }
    long end = System.nanoTime() + LINGERING.toNanos();
    allowance = Long.MAX_VALUE;
    phase = Phase.REQUEST;
    byte[] bin = new byte[8 * 1024];
    int count = 0;
    for (long rest = Route.LARGEST_BODY; rest > 0 && count >= 0; rest -= count) {
      phaseEnd = Math.min(end, System.nanoTime() + SILENCE.toNanos());
      slowestEnd = phaseEnd;
      count = read(bin, 0, bin.length);
    }
  }

  /// The answer is a stream without an end of its own.
  void streamBegins() {
    phase = Phase.STREAM;
  }

  /// Since when the client keeps the server waiting for its request; empty where it does not.
  OptionalLong waitingSince() {
    long since = waitingSince;
    return since == NONE ? OptionalLong.empty() : OptionalLong.of(since);
  }

  boolean isIdle() {
    return phase == Phase.IDLE;
  }

  /// Counts this client as a job whose call was not heard.
  void turnsAway() {
    all.turnsAway();
  }

  /// Closes connections of others who hold a place of the same kind and keep the server waiting.
  ///
  /// @return whether there were any
  boolean clearsOthers(Access access) {
    return all.clear(one -> one.phase == Phase.REQUEST && one.access == access);
  }

  /// Holds a place of that kind until its request has ended.
  void holds(Access route) {
    access = route;
  }

  /// True where the client has kept the server waiting for too long.
  boolean isOverdue(long now) {
    long at = deadline;
    return at != NONE && now - at > 0;
  }

  /// Closes the socket, whoever is reading or writing.
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // it was closed already
    }
  }

  /// @return how many bytes came, or -1 where the client has closed
  /// @throws ConnectionEnded where it is gone or was too slow
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

  /// @throws ConnectionEnded where the client is gone, or does not take it
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

  /// Lets a request under way end, and no other begin.
  void close() {
    closing = true;
    switch (phase) {
      case IDLE, HEAD -> cut();
      case STREAM -> deadline = System.nanoTime() + LAST_WORD.toNanos();
      case REQUEST -> {}
    }
  }

  /// Ends it, with whatever is under way.
  void end() {
    cut();
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
