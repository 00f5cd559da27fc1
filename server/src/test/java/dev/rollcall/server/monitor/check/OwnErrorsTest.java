package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnErrorsTest {
  private static final Logger LOG = Logger.getLogger(OwnErrors.class.getName());

  private final List<String> logged = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(line.getMessage());
          assertThat(line.getThrown()).isNotNull();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final TestClock clock = new TestClock();
  private final OwnErrors errors = new OwnErrors(clock);

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
    LOG.setUseParentHandlers(false);
  }

  @AfterEach
  void stopListening() {
    LOG.removeHandler(handler);
    LOG.setUseParentHandlers(true);
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      errors.tell("it", new IllegalStateException("number " + i));
    }
  }

  @Test
  void tellsEachKindOnceInTenMinutesAndCountsTheRest() {
    fail(1_000);
    errors.tell("it", new IllegalStateException("of another place"));
    assertThat(logged)
        .containsExactly("it failed in Rollcall itself", "it failed in Rollcall itself");

    clock.pass(Duration.ofMinutes(10));
    fail(5);
    assertThat(logged)
        .hasSize(3)
        .last()
        .isEqualTo("it failed in Rollcall itself, and 999 times since the last such line");
  }

  @Test
  void forgetsKindsRatherThanRememberWithoutEnd() {
    for (int i = 0; i < 1_000; i++) {
      IllegalStateException one = new IllegalStateException();
      one.setStackTrace(
          new StackTraceElement[] {new StackTraceElement("Some", "where", "Some.java", i)});
      errors.tell("it", one);
    }
    assertThat(logged).hasSize(1_000);
  }
}
