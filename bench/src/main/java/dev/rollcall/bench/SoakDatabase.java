package dev.rollcall.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The database of a soak: SQLite, or a PostgreSQL whose processes can be stopped and whose
/// connections can be cut.
final class SoakDatabase implements AutoCloseable {
  /// Kept in a field: a logger without references is collected, and its level is lost.
  private static final Logger ZONKY = Logger.getLogger("io.zonky.test");

  private final Path data;
  private final Optional<EmbeddedPostgres> postgres;
  private final Optional<ServerSocket> line;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private List<ProcessHandle> processes = List.of();

  private SoakDatabase(
      Path data, Optional<EmbeddedPostgres> postgres, Optional<ServerSocket> line) {
    this.data = data;
    this.postgres = postgres;
    this.line = line;
    line.ifPresent(socket -> Thread.ofVirtual().start(() -> accept(socket)));
  }

  static SoakDatabase sqlite(Path data) {
    return new SoakDatabase(data, Optional.empty(), Optional.empty());
  }

  static SoakDatabase postgres(Path data) throws IOException {
    ZONKY.setLevel(Level.WARNING);
    return new SoakDatabase(
        data,
        Optional.of(
            EmbeddedPostgres.builder()
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .setPGStartupWait(Duration.ofMinutes(2))
                .start()),
        Optional.of(new ServerSocket(0, 50, InetAddress.getLoopbackAddress())));
  }

  String name() {
    return postgres.isPresent() ? "PostgreSQL" : "SQLite";
  }

  /// The flags of `serve` for this database.
  List<String> flags() {
    return line.stream()
        .map(
            socket ->
                "--database=postgresql://postgres:postgres@127.0.0.1:"
                    + socket.getLocalPort()
                    + "/postgres")
        .toList();
  }

  /// The same without the line that can be cut.
  List<String> directFlags() {
    return postgres.stream()
        .map(
            server ->
                "--database=postgresql://postgres:postgres@127.0.0.1:"
                    + server.getPort()
                    + "/postgres")
        .toList();
  }

  /// Whether it can become unavailable.
  boolean isApart() {
    return postgres.isPresent();
  }

  Connection connect() throws SQLException {
    return postgres.isPresent()
        ? postgres.get().getPostgresDatabase().getConnection()
        : DriverManager.getConnection("jdbc:sqlite:" + data.resolve("rollcall.db"));
  }

  /// Sends a signal to all its processes: STOP or CONT.
  void signal(String signal) throws IOException, InterruptedException, SQLException {
    if (signal.equals("STOP")) {
      processes = processes(); // it cannot be asked for them while it is stopped
    }
    for (ProcessHandle each : processes) {
      Child.signal(each.pid(), signal);
    }
  }

  /// The server and its child processes, found with its own data folder.
  private List<ProcessHandle> processes() throws IOException, SQLException {
    String folder;
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW data_directory")) {
      row.next();
      folder = row.getString(1);
    }
    long server = Long.parseLong(Files.readAllLines(Path.of(folder, "postmaster.pid")).getFirst());
    return ProcessHandle.of(server).stream()
        .flatMap(all -> Stream.concat(Stream.of(all), all.descendants()))
        .toList();
  }

  /// Cuts all connections and rejects new ones; or accepts connections again.
  void cut(boolean now) {
    cut = now;
    if (now) {
      open.forEach(SoakDatabase::close);
      open.clear();
    }
  }

  private void accept(ServerSocket entrance) {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (cut) {
          near.close();
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), postgres.orElseThrow().getPort());
        open.add(near);
        open.add(far);
        Thread.ofVirtual().start(() -> pump(near, far));
        Thread.ofVirtual().start(() -> pump(far, near));
      } catch (IOException e) {
        // Closed, or one connection has failed.
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Cut.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  @Override
  public void close() throws IOException {
    cut(true);
    if (line.isPresent()) {
      line.get().close();
    }
    if (postgres.isPresent()) {
      postgres.get().close();
    }
  }
}
