package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  @Test
  void givesOneWithWorkToEndTimeHoweverManyAreStillToCome() {
    Parts parts = new Parts(Duration.ofSeconds(20));
    for (int i = 0; i < 40; i++) {
      parts.add("part " + i, () -> {});
    }
    parts.add(
        "http",
        () -> {
          assertThat(new CountDownLatch(1).await(1, TimeUnit.SECONDS)).isFalse(); // a request
          closed.add("http");
        });
    parts.close();
    assertThat(closed).containsExactly("http");
    assertThat(parts.orderly()).isTrue();
  }
}
