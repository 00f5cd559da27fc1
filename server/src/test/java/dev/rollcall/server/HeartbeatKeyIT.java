package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the operator sets a key, every call shows it.
class HeartbeatKeyIT {
  private static final String KEY = "0123456789abcdef-key";

  @TempDir Path folder;

  @Test
  void aCallHasToShowTheKey() {
    try (RunningRollcall rollcall =
        Plan.in(folder)
            .variable("ROLLCALL_HEARTBEAT_KEY", KEY)
            .flags("--log-access=true")
            .start()) {
      String call = "/ping?name=job&frequency=1h";
      assertThat(rollcall.get(call).status()).isEqualTo(401);
      assertThat(rollcall.get(call + "&key=wrong").status()).isEqualTo(401);
      assertThat(rollcall.get(call + "&key=" + KEY).status()).isEqualTo(200);
      assertThat(rollcall.send("GET", call, "", "Ping-Key", KEY).status()).isEqualTo(200);
      assertThat(rollcall.send("DELETE", "/ping/job", "").status()).isEqualTo(401);
      assertThat(rollcall.send("DELETE", "/ping/job?key=" + KEY, "").status()).isEqualTo(200);
      assertThat(rollcall.log()).contains("/ping 200").doesNotContain(KEY);
    }
  }
}
