package dev.rollcall.server.sql;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A PostgreSQL with a streaming standby, of the programs that `./verify` installs, in a folder of
/// its own. What is committed on the primary has been applied on the standby (`remote_apply`).
///
/// ```java
/// try (ReplicatedPostgres postgres = ReplicatedPostgres.start()) {
///   String url = postgres.url();
///   postgres.first().kill();
///   postgres.second().promote();
///   postgres.first().follow(postgres.second());
/// ```
///
/// The folder is in `/tmp`, since PostgreSQL does not run as root, and another user could not reach
/// that of the build everywhere.
public final class ReplicatedPostgres implements AutoCloseable {
  private static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path folder;
  private final Server first;
  private final Server second;

  private ReplicatedPostgres() {
    try {
      folder = Files.createTempDirectory(Path.of("/tmp"), "rollcall-postgres");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (isRoot()) {
      run(List.of("chown", "postgres:", folder.toString()));
    }
    first = new Server("first");
    second = new Server("second");
  }

  /// Starts both; the first is the primary.
  public static ReplicatedPostgres start() {
    ReplicatedPostgres both = new ReplicatedPostgres();
    try {
      both.first.create();
      both.second.follow(both.first);
      return both;
    } catch (RuntimeException | Error e) {
      both.close();
      throw e;
    }
  }

  /// The one that is the primary at the start.
  public Server first() {
    return first;
  }

  /// The other one.
  public Server second() {
    return second;
  }

  /// The database on both, as a program is told it.
  public String url() {
    return "postgresql://app@127.0.0.1:%d,127.0.0.1:%d/postgres"
        .formatted(first.port(), second.port());
  }

  /// One of both.
  public final class Server {
    private final Path data;
    private final Path log;
    private final int port = freePort();
    private Process process = ended();

    private Server(String name) {
      data = folder.resolve(name);
      log = folder.resolve(name + ".log");
    }

    public int port() {
      return port;
    }

    private void create() {
      postgres("initdb", "-D", data.toString(), "-A", "trust", "-U", "app", "-N");
      begin();
    }

    /// Starts it as what it was.
    public void begin() {
      process =
          launch(
              asPostgres(
                  "postgres",
                  List.of(
                      "-D",
                      data.toString(),
                      "-c",
                      "port=" + port,
                      "-c",
                      "listen_addresses=127.0.0.1",
                      "-c",
                      "unix_socket_directories=",
                      "-c",
                      "fsync=off",
                      "-c",
                      "shared_buffers=16MB",
                      "-c",
                      "wal_receiver_status_interval=1s",
                      "-c",
                      "wal_retrieve_retry_interval=200ms",
                      "-c",
                      "synchronous_commit=remote_apply")),
              log);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> answers() || !process.isAlive());
      if (!process.isAlive()) {
        throw new IllegalStateException("PostgreSQL did not start: " + read(log));
      }
    }

    /// It ends at once, as in a crash.
    public void kill() {
      postgres("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
      waitFor(process);
    }

    /// Becomes a copy of `primary` that follows it, and for which its commits wait.
    public void follow(Server primary) {
      if (process.isAlive()) {
        kill();
      }
      delete(data);
      postgres(
          "pg_basebackup",
          "--no-sync",
          "-R",
          "-D",
          data.toString(),
          "--checkpoint=fast",
          "-d",
          "host=127.0.0.1 user=app application_name=%s port=%d"
              .formatted(data.getFileName(), primary.port));
      begin();
      primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
      primary.execute("SELECT pg_reload_conf()");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  primary
                      .text("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                      .equals("1"));
    }

    /// Makes the standby the primary. Its commits wait for nobody until another one follows it.
    public void promote() {
      postgres("pg_ctl", "-D", data.toString(), "-w", "promote");
    }

    public boolean isPrimary() {
      return text("SELECT pg_is_in_recovery()").equals("f");
    }

    private boolean answers() {
      try (Connection connection = connection()) {
        return connection.isValid(1);
      } catch (SQLException e) {
        return false;
      }
    }

    /// Another client of it.
    public Connection connection() throws SQLException {
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=app");
    }

    public void execute(String sql) {
      try (Connection connection = connection();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }

    /// The first column of the only row.
    public String text(String sql) {
      try (Connection connection = connection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return row.getString(1);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }

    private void postgres(String program, String... arguments) {
      run(asPostgres(program, List.of(arguments)));
    }
  }

  private static List<String> asPostgres(String program, List<String> arguments) {
    List<String> line = new ArrayList<>();
    if (isRoot()) {
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
    }
    line.add(BINARIES.resolve(program).toString());
    line.addAll(arguments);
    return line;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  /// None of the ports that the system gives to outgoing connections: one of them could take it.
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // taken: try another
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void run(List<String> command) {
    Path said = folder.resolve("said");
    Process process = launch(command, said);
    waitFor(process);
    if (process.exitValue() != 0) {
      throw new IllegalStateException("this test needs " + command + ", which said: " + read(said));
    }
  }

  private Process launch(List<String> command, Path log) {
    try {
      return new ProcessBuilder(command)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "this test needs PostgreSQL 15, which ./verify installs: " + command, e);
    }
  }

  private static Process ended() {
    try {
      Process process = new ProcessBuilder("true").start();
      waitFor(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void waitFor(Process process) {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("did not end: " + process.info().commandLine());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path tree) {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    for (Server server : List.of(first, second)) {
      if (server.process.isAlive()) {
        server.kill();
      }
    }
    delete(folder);
  }
}
