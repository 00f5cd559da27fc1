package dev.rollcall.server.heartbeat.routes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Throws mutations of good queries at the parameters. A build tries the same 30,000 each time;
/// `-Dfuzz.rounds=100000000` tries more, and `-Dfuzz.seed=` others.
class PingParametersFuzzTest {
  private static final List<Map<String, String>> GOOD =
      List.of(
          Map.of("name", "test_service", "frequency", "10m", "timestamp", "1664743905"),
          Map.of("name", "a/b 👩‍👩‍👧", "frequency", "520W", "grace", "5m", "rid", "a-1"),
          Map.of("name", "backup", "schedule", "0 3 * * *", "tz", "Europe/Berlin", "grace", "1h"),
          Map.of("name", "x", "schedule", "*/5 0-7,9 1 2-4 MON-FRI", "tz", "+01:00"));

  private static final List<String> PIECES =
      List.of(
          "0",
          "1",
          "9",
          "99999999999999999999",
          "-",
          "+",
          ".",
          " ",
          "W",
          "D",
          "h",
          "m",
          "s",
          "*",
          "/",
          ",",
          "?",
          "L",
          "#",
          "٥",
          "😀",
          "\u0000",
          "\n",
          "\u2028",
          "%",
          "'",
          "\"",
          "<",
          "31",
          "@daily",
          "UTC",
          "9223372036854775807",
          "x".repeat(256));

  private final Random random = new Random(Long.getLong("fuzz.seed", 20_261_120));

  @Test
  void parametersHoldTheirPromises() {
    int rounds = Integer.getInteger("fuzz.rounds", 30_000);
    for (int round = 0; round < rounds; round++) {
      Map<String, String> query = new HashMap<>(GOOD.get(random.nextInt(GOOD.size())));
      List<String> names = new ArrayList<>(query.keySet());
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        String name = names.get(random.nextInt(names.size()));
        query.computeIfPresent(name, (_, text) -> mutated(text));
      }
      if (random.nextInt(10) == 0) {
        query.remove(names.get(random.nextInt(names.size())));
      }
      PingPromises.check(name -> Optional.ofNullable(query.get(name)));
    }
  }

  private String mutated(String text) {
    int from = random.nextInt(text.length() + 1);
    int to = from + random.nextInt(Math.min(4, text.length() - from + 1));
    String piece = random.nextInt(4) == 0 ? "" : PIECES.get(random.nextInt(PIECES.size()));
    return text.substring(0, from) + piece + text.substring(to);
  }
}
