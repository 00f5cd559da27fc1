package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Where the operator says who may send heartbeats, by a key or by networks, also through a proxy.
@Execution(ExecutionMode.CONCURRENT)
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
      RunningRollcall.Answer without = rollcall.get(call);
      assertThat(without.status()).isEqualTo(401);
      assertThat(without.json().toString())
          .isEqualTo(
              "{\"status\":\"error\",\"message\":\"a key is required: send key=KEY, or a header"
                  + " Ping-Key: KEY\"}");
      RunningRollcall.Answer wrong = rollcall.get(call + "&key=wrong");
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.json().toString())
          .isEqualTo("{\"status\":\"error\",\"message\":\"the key is wrong\"}");
      RunningRollcall.Answer twice = rollcall.get(call + "&key=" + KEY + "&key=" + KEY);
      assertThat(twice.status()).isEqualTo(400);
      assertThat(twice.json().path("parameter").asString()).isEqualTo("key");
      assertThat(rollcall.get(call + "&key=" + KEY).status()).isEqualTo(200);
      assertThat(rollcall.send("GET", call, "", "Ping-Key", KEY).status()).isEqualTo(200);
      assertThat(rollcall.send("DELETE", "/ping/job", "").status()).isEqualTo(401);
      assertThat(rollcall.send("DELETE", "/ping/job?key=" + KEY, "").status()).isEqualTo(200);
      assertThat(rollcall.log())
          .contains("/ping 200", "write access: /ping: everybody, with the key;")
          .doesNotContain(KEY);
    }
  }

  /// The address of a client is what a trusted proxy says last; whatever the client wrote before it
  /// does not count.
  @Test
  void theNetworksAreThoseOfClientsBehindATrustedProxy() {
    try (RunningRollcall rollcall =
        Plan.in(folder)
            .flags("--writers=203.0.113.0/24", "--trusted-proxies=127.0.0.0/8,::1")
            .start()) {
      assertThat(pinged(rollcall, "203.0.113.9")).isEqualTo(200);
      assertThat(pinged(rollcall, "198.51.100.1, 203.0.113.9")).isEqualTo(200);
      assertThat(pinged(rollcall, "203.0.113.9, 198.51.100.1")).isEqualTo(403);
      assertThat(pinged(rollcall, "198.51.100.1")).isEqualTo(403);
    }
  }

  @Test
  void aHeaderOfAnybodyElseDoesNotCount() {
    try (RunningRollcall rollcall =
        Plan.in(folder)
            .flags("--writers=203.0.113.0/24", "--trusted-proxies=192.0.2.1/32")
            .start()) {
      assertThat(pinged(rollcall, "203.0.113.9")).isEqualTo(403);
    }
  }

  private static int pinged(RunningRollcall rollcall, String forwardedFor) {
    return rollcall
        .send("GET", "/ping?name=job&frequency=1h", "", "X-Forwarded-For", forwardedFor)
        .status();
  }
}
