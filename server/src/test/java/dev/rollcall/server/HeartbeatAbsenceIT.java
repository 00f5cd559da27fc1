package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// While Rollcall cannot hear its jobs, it accuses none of them; and it finds who is silent
/// afterwards.
@Execution(ExecutionMode.CONCURRENT)
class HeartbeatAbsenceIT {
  private static final int JOBS = 20;
  private static final Duration AWAY = Duration.ofSeconds(9);

  @TempDir Path folder;

  @Test
  void aDatabaseThatHangsAccusesNobody() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Receiver receiver = new Receiver();
        RunningRollcall rollcall =
            plan(receiver)
                .variable(
                    "ROLLCALL_DATABASE",
                    "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres")
                .start()) {
      List<ProcessHandle> processes = processes(postgres);
      accusesNobody(
          rollcall,
          receiver,
          () -> {
            signal("STOP", processes);
            staysQuiet(receiver, AWAY);
            signal("CONT", processes);
          });
    }
  }

  @Test
  void aProcessThatTakesCallsForAnotherAndStoodStillAccusesNobody() throws Exception {
    try (Receiver receiver = new Receiver()) {
      Plan both =
          plan(receiver).asProcess().variable("ROLLCALL_DATABASE", MigratedPostgres.freshUrl());
      try (RunningRollcall api = both.flags("--roles=api", "--data=api").start();
          RunningRollcall runner = both.flags("--roles=runner", "--data=runner").start()) {
        List<ProcessHandle> process = List.of(ProcessHandle.of(api.pid()).orElseThrow());
        accusesNobody(
            api,
            receiver,
            () -> {
              signal("STOP", process);
              staysQuiet(receiver, AWAY);
              signal("CONT", process);
            });
        assertThat(runner.log()).contains("no heartbeat could become late for");
      }
    }
  }

  @Test
  void aProcessThatStoodStillAccusesNobody() throws Exception {
    try (Receiver receiver = new Receiver();
        RunningRollcall rollcall = plan(receiver).asProcess().start()) {
      List<ProcessHandle> process = List.of(ProcessHandle.of(rollcall.pid()).orElseThrow());
      accusesNobody(
          rollcall,
          receiver,
          () -> {
            signal("STOP", process);
            staysQuiet(receiver, AWAY);
            signal("CONT", process);
          });
    }
  }

  @Test
  void aDiskThatIsFullAccusesNobody() throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder.resolve("disk"), "4m");
        Receiver receiver = new Receiver();
        RunningRollcall rollcall = plan(receiver).flags("--data=disk").start()) {
      accusesNobody(
          rollcall,
          receiver,
          () -> {
            disk.fill();
            staysQuiet(receiver, AWAY);
            disk.empty();
          });
    }
  }

  private interface Trouble {
    void comeAndGo() throws IOException, InterruptedException;
  }

  private Plan plan(Receiver receiver) {
    return Plan.in(folder)
        .variable("PING_ALERT_URI", receiver.url())
        .flags("--heartbeat-startup-grace=8s", "--heartbeat-realert=1h");
  }

  /// Jobs call each second, and are late after five.
  private static void accusesNobody(RunningRollcall rollcall, Receiver receiver, Trouble trouble)
      throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    List<String> refused = new ArrayList<>();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < JOBS; i++) {
        HttpRequest call =
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:%d/ping?name=job%d&frequency=5s"
                            .formatted(rollcall.port(), i)))
                .timeout(Duration.ofSeconds(2))
                .build();
        Future<?> _ = jobs.submit(() -> callUntil(end, client, call, refused));
      }
      await().atMost(PATIENCE).until(() -> rollcall.rows("/v1/heartbeats").size() == JOBS);
      staysQuiet(receiver, Duration.ofSeconds(1));
      trouble.comeAndGo();
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.get("/ping?name=silent&frequency=1s").status() == 200);
      await().atMost(PATIENCE).until(() -> !receiver.about("silent").isEmpty());
      assertThat(receiver.calls()).hasSize(1);
      assertThat(refused).isNotEmpty(); // it was felt
      end.countDown();
    }
  }

  private static boolean callUntil(
      CountDownLatch end, HttpClient client, HttpRequest call, List<String> refused)
      throws InterruptedException {
    while (!end.await(1, TimeUnit.SECONDS)) {
      try {
        int status = client.send(call, HttpResponse.BodyHandlers.discarding()).statusCode();
        note(refused, status == 200 ? "" : "status " + status);
      } catch (IOException e) {
        note(refused, e.toString());
      }
    }
    return true;
  }

  private static void note(List<String> refused, String reason) {
    synchronized (refused) {
      if (!reason.isEmpty()) {
        refused.add(reason);
      }
    }
  }

  /// So much time passes without an alert.
  private static void staysQuiet(Receiver receiver, Duration time) {
    await().during(time).atMost(time.plus(PATIENCE)).until(() -> receiver.calls().isEmpty());
  }

  /// The postmaster and all of its children.
  private static List<ProcessHandle> processes(EmbeddedPostgres postgres) throws Exception {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      ProcessHandle server =
          ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow();
      return Stream.concat(Stream.of(server), server.children()).toList();
    }
  }

  private static void signal(String signal, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    processes.forEach(each -> command.add(Long.toString(each.pid())));
    new ProcessBuilder(command).inheritIO().start().waitFor(); // one that has ended is not there
  }
}
