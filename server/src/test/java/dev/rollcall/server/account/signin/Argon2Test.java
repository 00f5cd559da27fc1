package dev.rollcall.server.account.signin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hashes of passwords.
class Argon2Test {
  private static final byte[] PASSWORD = "correct horse battery".getBytes(UTF_8);
  private static final byte[] SALT = "0123456789abcdef".getBytes(UTF_8);
  private static final Argon2.Cost COST = new Argon2.Cost(19 * 1024, 2, 1);

  /// As another implementation (password4j 1.8.4) has it.
  private static final String HASH =
      "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
          + "$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4";

  @Test
  void hashesAsOthersDo() {
    assertThat(Argon2.hash(PASSWORD, SALT, COST)).isEqualTo(HASH);
    assertThat(Argon2.matches(PASSWORD, HASH)).isTrue();
    assertThat(Argon2.matches("correct horse".getBytes(UTF_8), HASH)).isFalse();
  }

  @Test
  void aHashOfAnotherCostIsComparedWithThatCost() {
    String small = Argon2.hash(PASSWORD, SALT, new Argon2.Cost(64, 3, 2));
    assertThat(small).startsWith("$argon2id$v=19$m=64,t=3,p=2$");
    assertThat(Argon2.matches(PASSWORD, small)).isTrue();
    assertThat(Argon2.matches(PASSWORD, HASH)).isTrue();
    assertThat(Argon2.matches(SALT, small)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "$argon2i$v=19$m=64,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4",
        "$argon2id$v=19$m=65537,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4",
        "$argon2id$v=19$m=0,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4",
        "$argon2id$v=19$m=64,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4",
        "$argon2id$v=19$m=64,t=1,p=0$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4",
        "$argon2id$v=19$m=9999999,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4"
      })
  void whatIsNoHashIsRefused(String text) {
    assertThatThrownBy(() -> Argon2.matches(PASSWORD, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a stored password is no hash of Argon2id");
  }

  @Test
  void theMemoryOfAHashIsUsedAgain() {
    Argon2.matches(PASSWORD, HASH);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10; i++) {
      Argon2.matches(PASSWORD, HASH);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes for ten hashes of 19 MiB")
        .isLessThan(10 * 1024 * 1024);
  }
}
