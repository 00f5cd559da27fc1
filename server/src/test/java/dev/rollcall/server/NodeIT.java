package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The built node beyond its contract (`MeasurementContractIT`).
class NodeIT {
  @TempDir Path folder;

  @Test
  void saysInOneLineThatAnotherNodeUsesItsSpool() throws Exception {
    try (RunningRollcall node = Plan.of("measure", folder).onlyFlags("--health-port=0").start()) {
      assertThat(Plan.of("measure", folder).onlyFlags("--health-port=0").refused())
          .satisfies(
              ended -> {
                assertThat(ended.status()).isEqualTo(1);
                assertThat(ended.said())
                    .contains("is in use by another Rollcall: stop that one, or choose another")
                    .doesNotContain("\tat ");
              });
      assertThat(node.health("/health").statusCode()).isEqualTo(200);
      String documentation = Files.readString(Path.of("../docs/nodes.md"));
      assertThat(
              Pattern.compile("(?m)^# TYPE (rollcall_node_\\S+)")
                  .matcher(node.health("/metrics").body())
                  .results())
          .extracting(found -> found.group(1))
          .hasSizeGreaterThan(10)
          .allSatisfy(metric -> assertThat(documentation).contains(metric));
    }
  }
}
