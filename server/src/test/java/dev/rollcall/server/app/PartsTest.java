package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final List<String> closed = Collections.synchronizedList(new ArrayList<>());

  @Test
  void closesInTheReverseOrder() {
    Parts parts = new Parts(Duration.ofSeconds(10));
    parts.add("database", () -> closed.add("database"));
    parts.add("http", () -> closed.add("http"));
    parts.close();
    assertThat(closed).containsExactly("http", "database");
    assertThat(parts.orderly()).isTrue();
  }

  @Test
  void closesTheRestWhenOneFails() {
    Parts parts = new Parts(Duration.ofSeconds(10));
    parts.add("database", () -> closed.add("database"));
    parts.add(
        "http",
        () -> {
          throw new IOException("no");
        });
    parts.close();
    assertThat(closed).containsExactly("database");
    assertThat(parts.orderly()).isFalse();
  }

  @Test
  void leavesOneThatHangsAndClosesTheRest() {
    CountDownLatch never = new CountDownLatch(1);
    Parts parts = new Parts(Duration.ofMillis(200));
    parts.add("database", () -> closed.add("database"));
    parts.add("http", never::await);
    parts.close();
    assertThat(closed).containsExactly("database");
    assertThat(parts.orderly()).isFalse();
    never.countDown();
  }
}
