package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.httpclient.NoAnswer;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HopsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<List<String>> asked = new CopyOnWriteArrayList<>();
  private volatile boolean away;
  private volatile HopReceiver.Answer answer = HopReceiver.Answer.TAKEN;

  private HopReceiver.Answer take(List<String> hops) {
    if (away) {
      throw new NoAnswer("away");
    }
    asked.add(hops);
    return answer;
  }

  /// A result whose way leads over these addresses.
  private static void see(Hops hops, List<String> addresses) {
    String way =
        addresses.stream()
            .map(address -> "{\"ttl\":1,\"ip\":\"" + address + "\"}")
            .collect(Collectors.joining(","));
    String body =
        "[{\"ip\":\"192.0.2.1\",\"sent\":1,\"received\":1,\"timestamp\":\"2026-01-07T22:30:00Z\","
            + "\"traceroute\":{\"method\":\"udp\",\"hops\":["
            + way
            + ",{\"ttl\":2,\"ip\":\"203.0.113.99\",\"timeout\":true},{\"ttl\":3}]}}]";
    Reading reading =
        ResultReader.read(
            new ByteArrayInputStream(body.getBytes(UTF_8)), new ResultBuffers(64L * 1024 * 1024));
    try (Results results = ((Reading.Right) reading).results()) {
      hops.see(results);
    }
  }

  private List<String> taken() {
    List<String> all = new ArrayList<>();
    asked.forEach(all::addAll);
    return all;
  }

  private static List<String> addresses(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "10." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255))
        .toList();
  }

  @Test
  void areToldOnceEachInAnySpelling() {
    try (Hops hops = new Hops(100, this::take)) {
      hops.start();
      see(hops, List.of("10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"));
      see(hops, List.of("10.0.0.1", "2001:DB8:0::1"));
      await().atMost(PATIENCE).until(() -> hops.sent() == 2);
      assertThat(hops.discovered()).isEqualTo(2);
      assertThat(taken()).containsExactly("10.0.0.1", "2001:db8::1");
    }
  }

  @Test
  void areToldAThousandAtOnceAtMost() {
    try (Hops hops = new Hops(10_000, this::take)) {
      hops.start();
      see(hops, addresses(0, 2_500));
      await().atMost(PATIENCE).until(() -> hops.sent() == 2_500);
      assertThat(asked).allMatch(part -> part.size() <= Hops.AT_ONCE);
      assertThat(taken()).containsExactlyElementsOf(addresses(0, 2_500));
    }
  }

  @Test
  void waitForATakerThatIsAway() {
    away = true;
    try (Hops hops = new Hops(1_000, this::take)) {
      hops.start();
      see(hops, addresses(0, 100));
      assertThat(hops.discovered()).isEqualTo(100);
      see(hops, addresses(50, 200));
      assertThat(hops.sent()).isZero();
      assertThat(hops.waiting()).isEqualTo(200);
      away = false;
      await().atMost(PATIENCE).until(() -> hops.sent() == 200);
      assertThat(taken()).containsExactlyElementsOf(addresses(0, 200));
      assertThat(hops.dropped()).isZero();
    }
  }

  @Test
  void areDroppedAndCountedWhereTooManyWait() {
    away = true;
    try (Hops hops = new Hops(100, this::take)) {
      hops.start();
      see(hops, addresses(0, 250));
      assertThat(hops.waiting()).isEqualTo(100);
      assertThat(hops.dropped()).isEqualTo(150);
      assertThat(hops.remembered()).isEqualTo(100);
      away = false;
      await().atMost(PATIENCE).until(() -> hops.sent() == 100);
      assertThat(taken()).containsExactlyElementsOf(addresses(150, 250));
    }
  }

  @Test
  void areNotToldAgainWhereTheyWereRefused() {
    answer = HopReceiver.Answer.REFUSED;
    try (Hops hops = new Hops(100, this::take)) {
      hops.start();
      see(hops, List.of("10.0.0.1"));
      await().atMost(PATIENCE).until(() -> hops.refused() == 1 && hops.waiting() == 0);
      assertThat(hops.sent()).isZero();
    }
  }

  @Test
  void areToldAtTheEndAsWell() {
    Hops hops = new Hops(100, this::take);
    hops.start();
    see(hops, List.of("10.0.0.1"));
    hops.close();
    assertThat(taken()).containsExactly("10.0.0.1");
  }
}
