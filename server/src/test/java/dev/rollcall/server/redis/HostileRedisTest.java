package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.redis.StreamAppender.Added;
import dev.rollcall.server.redis.StreamBuffer.Written;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that answer what a Redis does not: everything goes straight to the database, and nobody
/// waits for ever.
class HostileRedisTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Speaks the protocol of Redis, and says something of its own.
  private static final class StandIn implements AutoCloseable {
    /// Longer answers come byte by byte.
    private static final int LONG = 60;

    /// Instead of an answer: ends the connection.
    static final String HANG_UP = "";

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Function<List<String>, String> answer;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// @param answer to a command with its arguments, as it is sent
    StandIn(Function<List<String>, String> answer) throws IOException {
      this.answer = answer;
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          Socket peer = socket.accept();
          Thread.ofVirtual().start(() -> serve(peer));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void serve(Socket peer) {
      try (peer;
          BufferedReader in =
              new BufferedReader(new InputStreamReader(peer.getInputStream(), ISO_8859_1));
          OutputStream out = peer.getOutputStream()) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          List<String> command = new ArrayList<>();
          for (int left = Integer.parseInt(line.substring(1)); left > 0; left--) {
            command.add(text(in, Integer.parseInt(in.readLine().substring(1))));
          }
          byte[] bytes = answer.apply(command).getBytes(UTF_8);
          if (bytes.length == 0) {
            return;
          }
          if (bytes.length <= LONG) {
            out.write(bytes);
          } else {
            trickle(out, bytes);
          }
        }
      } catch (IOException | InterruptedException e) {
        // the client is gone
      }
    }

    /// An argument may contain anything, ends of lines too.
    private static String text(BufferedReader in, int bytes) throws IOException {
      StringBuilder text = new StringBuilder();
      while (text.length() < bytes) {
        text.append((char) in.read());
      }
      in.readLine();
      return text.toString();
    }

    /// One byte, and the next before anybody stops to wait for it.
    private void trickle(OutputStream out, byte[] bytes) throws IOException, InterruptedException {
      for (byte one : bytes) {
        out.write(one);
        if (closed.await(900, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }

    String host() {
      return "127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      closed.countDown();
      socket.close();
    }
  }

  private static DatabaseLocation database() {
    return TestDatabases.freshOn(TestDatabases.postgresPort());
  }

  private static void writesToTheDatabase(String redis) throws Exception {
    try (RunningProcess process = new RunningProcess(database(), RedisLocation.parse(redis))) {
      CompletableFuture<Written<Integer>> written =
          CompletableFuture.supplyAsync(() -> process.buffer.write(new Note("one", 1)));
      assertThat(written.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(new Written.Applied<>(1));
      assertThat(process.redis.trouble()).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "", "-1", "0", "70000", "99999999999"})
  void aSentinelMayNameAnyPort(String port) throws Exception {
    String named = "*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s\r\n".formatted(port.length(), port);
    try (StandIn sentinel =
        new StandIn(command -> command.getFirst().equals("SENTINEL") ? named : "+OK\r\n")) {
      writesToTheDatabase("redis-sentinel://" + sentinel.host() + "/main");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {":1\r\n", "*0\r\n", "$-1\r\n", "*-1\r\n", "*1\r\n:1\r\n"})
  void aServerMayAnswerAnything(String answer) throws Exception {
    try (StandIn server = new StandIn(_ -> answer)) {
      writesToTheDatabase("redis://" + server.host());
    }
  }

  @Test
  void anAnswerThatComesByteByByteHoldsNobodyForLong() throws Exception {
    String id = "$100\r\n" + "1".repeat(100) + "\r\n";
    try (StandIn server =
            new StandIn(
                command ->
                    Map.of(
                            "XADD", id,
                            "SELECT", "+OK\r\n",
                            "SET", "+OK\r\n",
                            "TYPE", "+none\r\n")
                        .getOrDefault(command.getFirst(), "*0\r\n"));
        RunningProcess process =
            new RunningProcess(database(), RedisLocation.parse("redis://" + server.host()))) {
      await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
      CompletableFuture<Written<Integer>> written =
          CompletableFuture.supplyAsync(() -> process.buffer.write(new Note("one", 1)));
      assertThat(written.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(new Written.Applied<>(1));
    }
  }

  /// What a caller added is stored, refused or in doubt, whatever fails.
  @Test
  void aServerMayAnswerSomethingElseLater() throws Exception {
    try (StandIn server =
            new StandIn(
                command ->
                    Map.of(
                            "XADD", "*1\r\n:7\r\n",
                            "PING", "+PONG\r\n",
                            "SELECT", "+OK\r\n",
                            "SET", "+OK\r\n",
                            "TYPE", "+none\r\n")
                        .getOrDefault(command.getFirst(), "*0\r\n"));
        RunningProcess process =
            new RunningProcess(database(), RedisLocation.parse("redis://" + server.host()))) {
      await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
      CompletableFuture<Written<Integer>> written =
          CompletableFuture.supplyAsync(() -> process.buffer.write(new Note("one", 1)));
      assertThat(written.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(new Written.Applied<>(1));
    }
  }

  /// Answers as a Redis does, for what is added.
  private static String sound(List<String> command) {
    return Map.of(
            "XADD", "$3\r\n1-0\r\n",
            "SELECT", "+OK\r\n",
            "SET", "+OK\r\n",
            "TYPE", "+none\r\n",
            "WAIT", ":1\r\n")
        .getOrDefault(command.getFirst(), "*0\r\n");
  }

  /// @param replicas that should have what is acknowledged; the database is away
  private static StreamAppender appender(StandIn server, int replicas) {
    RedisServers servers = new RedisServers(RedisLocation.parse("redis://" + server.host() + "/3"));
    StreamAppender appender =
        new StreamAppender(
            servers,
            new AppenderConnection(
                servers, "probe", new RedisPromises(servers, replicas), () -> true, Clock.system()),
            new AppliedResults(),
            1,
            replicas,
            () -> true,
            Clock.system());
    appender.add(List.of("stream"));
    return appender;
  }

  private static Added added(StreamAppender appender, int bytes) {
    return appender.append("stream", List.of(new byte[bytes]), false).added();
  }

  /// A connection that is opened again by itself is in the database 0, where nobody reads.
  @Test
  void nothingIsAddedOverAConnectionThatHasFailed() throws Exception {
    ThreadLocal<Boolean> selected = ThreadLocal.withInitial(() -> false); // of a connection
    AtomicBoolean failed = new AtomicBoolean();
    List<Boolean> additions = new CopyOnWriteArrayList<>();
    List<Added> told = new CopyOnWriteArrayList<>();
    try (StandIn server =
            new StandIn(
                command -> {
                  if (command.getFirst().equals("SELECT")) {
                    selected.set(true);
                  } else if (command.getFirst().equals("XADD")) {
                    additions.add(selected.get());
                    if (!failed.getAndSet(true)) {
                      return StandIn.HANG_UP;
                    }
                  }
                  return sound(command);
                });
        StreamAppender appender = appender(server, 0)) {
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        callers.add(Thread.ofPlatform().start(() -> told.add(added(appender, 40 << 10))));
      }
      await()
          .atMost(PATIENCE)
          .until(() -> callers.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
      appender.start(); // all of them at once, in three round trips
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertThat(additions).doesNotContain(false);
    assertThat(told).hasSize(3).hasAtLeastOneElementOfType(Added.InDoubt.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {":1\r\n", ":0\r\n", "-NOPERM no permission to run WAIT\r\n"})
  void nothingIsAcknowledgedBeforeTheReplicasWereAskedWhileTheDatabaseIsAway(String answer)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<String> answered = new CompletableFuture<>();
    try (StandIn server =
            new StandIn(
                command -> {
                  if (command.getFirst().equals("WAIT")) {
                    asked.countDown();
                    return answered.join();
                  }
                  return sound(command);
                });
        StreamAppender appender = appender(server, 1)) {
      appender.start();
      await().atMost(PATIENCE).until(() -> appender.trouble().isEmpty());
      CompletableFuture<Added> added = CompletableFuture.supplyAsync(() -> added(appender, 1));
      assertThat(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(added).isNotDone();
      answered.complete(answer);
      assertThat(added.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(Added.Stored.class);
      assertThat(appender.unreplicated()).isEqualTo(answer.equals(":1\r\n") ? 0 : 1);
    }
  }

  @Test
  void whatAServerHadThatIsGoneBeforeItsReplicasWereAskedIsInDoubt() throws Exception {
    try (StandIn server =
            new StandIn(
                command -> command.getFirst().equals("WAIT") ? StandIn.HANG_UP : sound(command));
        StreamAppender appender = appender(server, 1)) {
      appender.start();
      await().atMost(PATIENCE).until(() -> appender.trouble().isEmpty());
      CompletableFuture<Added> added = CompletableFuture.supplyAsync(() -> added(appender, 1));
      assertThat(added.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(Added.InDoubt.class);
    }
  }
}
