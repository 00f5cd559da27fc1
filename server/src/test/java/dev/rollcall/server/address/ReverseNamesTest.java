package dev.rollcall.server.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReverseNamesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final ReverseNames names = new ReverseNames(2, this::lookUp, now::get);

  @AfterEach
  void close() {
    hanging.countDown();
    names.close();
  }

  private String lookUp(InetAddress address) {
    String text = address.getHostAddress();
    asked.add(text);
    if (text.startsWith("10.9.")) {
      try {
        hanging.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return switch (text) {
      case "10.0.0.1" -> "r1.example.net";
      case "10.0.0.2" -> "r2<script>\u001b[2J.example.net";
      case "10.0.0.3" -> throw new IllegalStateException("broken");
      default -> text;
    };
  }

  private static InetAddress at(String address) {
    return InetAddress.ofLiteral(address);
  }

  @Test
  void looksUpANameOnceAndRemembersIt() throws Exception {
    assertThat(names.name(at("10.0.0.1"), SOON)).contains("r1.example.net");
    names.expect(at("10.0.0.1"));
    assertThat(names.name(at("10.0.0.1"), Duration.ZERO)).contains("r1.example.net");
    assertThat(asked).containsExactly("10.0.0.1");
    now.set(Instant.EPOCH.plus(Duration.ofHours(2)));
    assertThat(names.name(at("10.0.0.1"), SOON)).contains("r1.example.net");
    assertThat(asked).hasSize(2);
  }

  @Test
  void anAddressMayHaveNoName() throws Exception {
    assertThat(names.name(at("10.0.0.4"), SOON)).isEmpty();
    assertThat(names.name(at("10.0.0.4"), SOON)).isEmpty();
    assertThat(names.name(at("10.0.0.3"), SOON)).as("a lookup that fails").isEmpty();
    assertThat(asked).containsExactly("10.0.0.4", "10.0.0.3");
  }

  @Test
  void aNameIsTextOfAStranger() throws Exception {
    assertThat(names.name(at("10.0.0.2"), SOON)).contains("r2?script???2J.example.net");
  }

  @Test
  void lookupsThatHangHoldNobodyAndStayFew() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      names.expect(at("10.9.%d.%d".formatted(i / 250, i % 250)));
    }
    assertThat(names.name(at("10.0.0.1"), Duration.ZERO)).isEmpty();
    await().until(() -> asked.size() == 2);
    hanging.countDown();
    await().until(() -> asked.size() == 2 + 256);
  }
}
