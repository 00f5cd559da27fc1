package dev.rollcall.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// One connection, which waits for its client only so long.
///
/// It stands between Helidon's HTTP/1.1 connection and the socket: every read and write passes here
/// and leaves a deadline behind, which [Connections] watches. Helidon itself bounds only idleness;
/// a client that sends its header one byte a second, or never takes its answer, would stay for
/// ever. The bytes of a body are counted here as well, because Helidon reads a chunk whole before
/// it hands out any of it.
final class Connection implements ConnectionContext, ServerConnection, InterruptableTask<Void> {
  private enum Phase {
    IDLE,
    HEAD,
    REQUEST,
    STREAM
  }

  private static final long NONE = Long.MAX_VALUE;
  private static final Duration LINGERING = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofMillis(500);
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  private final ConnectionContext context;
  private final Connections all;
  private final Limits.Patience patience;
  private final DataReader reader = DataReader.create(this::read);
  private final DataWriter writer = new Writer();
  private final ServerConnection http;

  private volatile Phase phase = Phase.IDLE;
  private volatile long deadline = NONE;
  private volatile boolean closing;
  private long phaseEnd;
  private long allowance;

  Connection(ConnectionContext context, Connections all) {
    this.context = context;
    this.all = all;
    this.patience = all.patience();
    this.http = all.http(this);
  }

  /// The header has been read; from here on `bytes` of body may come, in whatever chunks.
  void requestBegins(int bytes) {
    phase = Phase.REQUEST;
    phaseEnd = System.nanoTime() + patience.body().toNanos();
    // what frames the chunks, and what of the next request comes along with the last of them
    allowance = 2L * bytes + 16 * 1024;
  }

  /// The answer has been sent.
  ///
  /// @throws CloseConnectionException where it was the last before the listener closes
  void requestEnds() {
    phase = Phase.IDLE;
    if (closing) {
      throw new CloseConnectionException("the listener is closing");
    }
  }

  /// Reads on for a moment after an answer that came before the end of the body: a socket closed
  /// with bytes unread is reset, and the reset would overtake the answer.
  void linger() {
    long end = System.nanoTime() + LINGERING.toNanos();
    allowance = Long.MAX_VALUE;
    for (long rest = Route.LARGEST_BODY; rest > 0; rest -= read().length) {
      phaseEnd = Math.min(end, System.nanoTime() + SILENCE.toNanos());
    }
  }

  /// The answer is a stream without an end of its own.
  void streamBegins() {
    phase = Phase.STREAM;
  }

  /// True where the client has kept the server waiting for too long.
  boolean isOverdue(long now) {
    long at = deadline;
    return at != NONE && now - at > 0;
  }

  void cut() {
    try {
      context.serverSocket().close();
    } catch (UncheckedIOException e) {
      // it was closed already
    }
  }

  /// @throws CloseConnectionException where the client has closed, or was too slow
  private byte[] read() {
    long now = System.nanoTime();
    Phase reading = phase;
    deadline = reading == Phase.IDLE ? now + patience.idle().toNanos() : phaseEnd;
    try {
      byte @Nullable [] bytes = context.serverSocket().get();
      if (bytes == null) {
        throw new CloseConnectionException("the client has closed");
      }
      if (reading == Phase.IDLE) {
        phase = Phase.HEAD;
        phaseEnd = System.nanoTime() + patience.head().toNanos();
      } else if (reading == Phase.REQUEST) {
        allowance -= bytes.length;
        if (allowance < 0) {
          throw Refusal.of(413, "the body is larger than what is taken here");
        }
      }
      return bytes;
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("the client is gone", e);
    } finally {
      deadline = NONE;
    }
  }

  private final class Writer implements DataWriter {
    @Override
    public void write(BufferData... buffers) {
      write(BufferData.create(buffers));
    }

    @Override
    public void write(BufferData buffer) {
      deadline = System.nanoTime() + patience.write().toNanos();
      try {
        context.serverSocket().write(buffer);
      } catch (UncheckedIOException e) {
        throw new ServerConnectionException("the client is gone", e);
      } finally {
        deadline = NONE;
      }
    }

    @Override
    public void writeNow(BufferData... buffers) {
      write(buffers);
    }

    @Override
    public void writeNow(BufferData buffer) {
      write(buffer);
    }
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    if (!all.add(this)) {
      throw new CloseConnectionException("the listener is closing");
    }
    try {
      http.handle(limit);
    } finally {
      all.remove(this);
    }
  }

  @Override
  public Duration idleTime() {
    return Duration.ZERO;
  }

  @Override
  public boolean canInterrupt() {
    return phase == Phase.IDLE || phase == Phase.HEAD;
  }

  /// Lets a request under way end, and no other begin.
  @Override
  public void close(boolean interrupt) {
    closing = true;
    switch (phase) {
      case IDLE, HEAD -> cut();
      case STREAM -> deadline = System.nanoTime() + LAST_WORD.toNanos();
      case REQUEST -> http.close(interrupt);
    }
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public DataWriter dataWriter() {
    return writer;
  }

  @Override
  public Router router() {
    return all.router();
  }

  @Override
  public ListenerContext listenerContext() {
    return context.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return context.executor();
  }

  @Override
  public HelidonSocket serverSocket() {
    return context.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return context.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return context.localPeer();
  }

  @Override
  public boolean isSecure() {
    return context.isSecure();
  }

  @Override
  public String socketId() {
    return context.socketId();
  }

  @Override
  public String childSocketId() {
    return context.childSocketId();
  }
}
