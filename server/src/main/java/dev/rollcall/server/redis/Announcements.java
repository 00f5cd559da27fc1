package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisException;

/// What processes tell each other by PUBLISH: the results of items that another process waits for,
/// and what has changed. A message may be lost; nothing depends on one.
final class Announcements implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Announcements.class.getName());
  private static final Duration RETRY = Duration.ofMillis(500);

  /// Telling ourselves something shows that the subscription works.
  private static final Duration ALIVE = Duration.ofSeconds(1);

  private static final int MOST_WAITING = 20_000;

  private final RedisServers servers;
  private final AppliedResults results;
  private final long process;
  private final Clock clock;
  private final String prefix;
  private final Map<String, Consumer<byte[]>> topics = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<Message> queue = new LinkedBlockingQueue<>(MOST_WAITING);
  private final BackgroundLoop telling =
      new BackgroundLoop("redis-tell", "telling other processes", RETRY, this::tell);
  private final BackgroundLoop hearing =
      new BackgroundLoop("redis-hear", "hearing other processes", RETRY, this::hear);

  // Used by the threads that tell and that hear:
  private final LoopConnection outgoing;
  private volatile @Nullable Jedis incoming;
  private Duration told = Duration.ZERO;

  private record Message(String channel, ByteBuffer bytes) {}

  Announcements(RedisServers servers, AppliedResults results, long process, Clock clock) {
    this.servers = servers;
    this.outgoing = new LoopConnection(servers);
    this.results = results;
    this.process = process;
    this.clock = clock;
    this.prefix = "rollcall:" + servers.location().database() + ":";
  }

  void start() {
    telling.start();
    hearing.start();
  }

  /// Calls `receiver` with what other processes [#tell] of that topic. It returns at once. To be
  /// called before [#start].
  void on(String topic, Consumer<byte[]> receiver) {
    topics.put(prefix + "topic:" + topic, receiver);
  }

  /// Tells all other processes. It returns at once.
  void tell(String topic, byte[] bytes) {
    ByteBuffer message = ByteBuffer.allocate(Long.BYTES + bytes.length);
    message.putLong(process).put(bytes);
    offer(new Message(prefix + "topic:" + topic, message));
  }

  /// Tells a process the result of an item that it has written.
  void result(long to, long writer, long number, byte[] result) {
    ByteBuffer message = ByteBuffer.allocate(2 * Long.BYTES + result.length);
    message.putLong(writer).putLong(number).put(result);
    offer(new Message(channel(to), message));
  }

  private void offer(Message message) {
    if (!queue.offer(message)) {
      queue.poll(); // the oldest is the least interesting
      boolean _ = queue.offer(message);
    }
  }

  private String channel(long of) {
    return prefix + "results:" + Long.toHexString(of);
  }

  private Duration tell() throws InterruptedException {
    Message first = queue.poll(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    List<Message> all = new ArrayList<>();
    if (first != null) {
      all.add(first);
      queue.drainTo(all);
    }
    Duration now = clock.monotonic();
    if (now.minus(told).compareTo(ALIVE) >= 0) {
      told = now;
      all.add(new Message(channel(process), ByteBuffer.allocate(0)));
    }
    return outgoing.use(open -> publish(open, all)).orElse(RETRY);
  }

  private static Duration publish(Jedis open, List<Message> all) {
    try (Pipeline pipeline = open.pipelined()) {
      all.forEach(each -> pipeline.publish(each.channel().getBytes(UTF_8), each.bytes().array()));
      pipeline.sync();
    }
    return Duration.ZERO;
  }

  private Duration hear() {
    try {
      Jedis open = servers.connectToHear();
      incoming = open;
      if (hearing.isClosing()) {
        return RETRY;
      }
      List<String> channels = new ArrayList<>(topics.keySet());
      channels.add(channel(process));
      open.subscribe(
          new Hearing(),
          channels.stream().map(each -> each.getBytes(UTF_8)).toArray(byte[][]::new));
    } catch (JedisException | RedisFailure e) {
      // the appender says so; the next round subscribes again
    } finally {
      Jedis open = incoming;
      if (open != null) {
        RedisServers.close(open);
      }
    }
    return RETRY;
  }

  private final class Hearing extends BinaryJedisPubSub {
    @Override
    public void onMessage(byte[] channel, byte[] message) {
      ByteBuffer in = ByteBuffer.wrap(message);
      Consumer<byte[]> receiver = topics.get(new String(channel, UTF_8));
      try {
        if (receiver == null) {
          if (message.length > 0) {
            results.complete(in.getLong(), in.getLong(), rest(in));
          }
        } else if (in.getLong() != process) {
          receiver.accept(rest(in));
        }
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "a message of another version of Rollcall, or of a stranger", e);
      }
    }

    private byte[] rest(ByteBuffer in) {
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      return rest;
    }
  }

  @Override
  public void close() {
    hearing.close(Duration.ZERO); // it hears something at least once a second
    telling.close();
    outgoing.close();
  }
}
