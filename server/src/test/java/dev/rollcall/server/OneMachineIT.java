package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program on one machine, which needs neither PostgreSQL nor Redis.
class OneMachineIT {
  /// A line of the tree of all classes that are loaded: `|--java.util.ArrayList/null`.
  private static final Pattern CLASS = Pattern.compile("(?m)^[| -]*([\\w.$]+)/\\S+");

  private static final List<String> FOR_SEVERAL_MACHINES =
      List.of(
          "redis.clients.",
          "org.postgresql.",
          "com.zaxxer.hikari.",
          "dev.rollcall.server.redis.",
          "dev.rollcall.server.cluster.");

  /// Flags and the help have all settings.
  private static final String SETTINGS =
      "dev.rollcall.server.(redis.Redis|cluster.Cluster)Settings.*";

  @TempDir Path folder;

  @Test
  void loadsNoClassOfWhatSeveralMachinesNeed() throws Exception {
    try (Targets targets = new Targets();
        RunningRollcall rollcall =
            Plan.in(folder)
                .asProcess()
                .yaml(
                    "services: [{name: one, url: '%s', interval: 200ms}]\n"
                        .formatted(targets.url("/set/alone")))
                .start()) {
      rollcall.firstTick("one");
      assertThat(rollcall.get("/ping/job?frequency=1h").status()).isEqualTo(200);
      assertThat(rollcall.page("/")).contains("one");
      assertThat(rollcall.health("/ready").statusCode()).isEqualTo(200);
      assertThat(rollcall.health("/metrics").statusCode()).isEqualTo(200);
      targets.set(503);
      await().atMost(PATIENCE).until(() -> !rollcall.rows("/v1/incidents").isEmpty());

      List<String> classes = classes(rollcall);
      assertThat(classes).contains("dev.rollcall.server.app.Serve", "org.sqlite.JDBC");
      assertThat(classes)
          .filteredOn(name -> FOR_SEVERAL_MACHINES.stream().anyMatch(name::startsWith))
          .filteredOn(name -> !name.matches(SETTINGS))
          .isEmpty();
    }
  }

  /// All that are loaded in that process.
  private static List<String> classes(RunningRollcall rollcall)
      throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), "" + rollcall.pid(), "VM.class_hierarchy")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return CLASS.matcher(said).results().map(found -> found.group(1)).toList();
  }
}
