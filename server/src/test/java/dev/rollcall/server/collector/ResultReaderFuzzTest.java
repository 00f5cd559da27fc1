package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Traceroute;
import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.http.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whatever comes in is read or refused: no other exception, no memory kept, and what was read can
/// be walked and is within its bounds.
///
/// A build tries the kept inputs, which Jazzer found, and the same 30,000 mutations of them each
/// time; `-Dfuzz.rounds=100000000` tries more, and `-Dfuzz.seed=` others.
class ResultReaderFuzzTest {
  private static final Path KEPT = Path.of("src/test/resources/fuzz/results");

  private static final List<String> PIECES =
      List.of(
          "0",
          "-1",
          "1e400",
          "99999999999999999999",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          ",",
          ":",
          "[",
          "]",
          "{",
          "}",
          "\"",
          "\\u0000",
          "\\ud800",
          "\u0000",
          "\ufeff",
          "\"ip\":",
          "\"hops\":[",
          "\"ttl\":256",
          "\"::ffff:1.2.3.4\"",
          "2026-02-30T24:00:60Z",
          "٥",
          "x".repeat(300));

  private final Random random = new Random(Long.getLong("fuzz.seed", 20_261_120));

  @Test
  void readsOrRefusesWhateverComes() throws IOException {
    List<byte[]> kept;
    try (Stream<Path> files = Files.list(KEPT)) {
      kept = files.sorted().map(ResultReaderFuzzTest::bytes).toList();
    }
    assertThat(kept).hasSizeGreaterThan(50);
    kept.forEach(ResultReaderFuzzTest::check);
    int rounds = Integer.getInteger("fuzz.rounds", 30_000);
    for (int round = 0; round < rounds; round++) {
      byte[] body = kept.get(random.nextInt(kept.size()));
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        body = mutated(body);
      }
      check(body);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A piece of it taken out, another put in its place.
  private byte[] mutated(byte[] body) {
    int from = random.nextInt(body.length + 1);
    int to = from + random.nextInt(Math.min(8, body.length - from + 1));
    ByteArrayOutputStream mutated = new ByteArrayOutputStream();
    mutated.write(body, 0, from);
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> mutated.write(random.nextInt(256));
      default -> mutated.writeBytes(PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8));
    }
    mutated.write(body, to, body.length - to);
    return mutated.toByteArray();
  }

  private static void check(byte[] body) {
    Room room = new Room(1024 * 1024);
    try {
      switch (ResultReader.read(new ByteArrayInputStream(body), room)) {
        case Reading.Wrong wrong -> {
          assertThat(wrong.error()).isNotBlank();
          assertThat(wrong.invalid()).hasSizeLessThanOrEqualTo(Tokens.MOST_INVALID);
        }
        case Reading.Right(Results results) -> {
          try (results) {
            results.walk(new Bounds());
          }
        }
      }
    } catch (Unavailable e) {
      // More than there was memory for.
    }
    assertThat(room.taken()).isZero();
  }

  private static final class Bounds implements Results.Visitor {
    @Override
    public void result(Result result) {
      assertThat(result.received()).isBetween(0L, result.sent());
      assertThat(result.loss()).isBetween(0.0, 100.0);
      assertThat(Address.parse(result.ip().toString())).contains(result.ip());
      assertThat(Timestamps.stored(result.timestamp())).hasSizeBetween(25, 35);
    }

    @Override
    public void traceroute(Traceroute traceroute) {
      assertThat(traceroute.method()).isNotNull();
    }

    @Override
    public void hop(Hop hop) {
      assertThat(hop.ttl()).isBetween(1, 255);
      assertThat(hop.timeout() || hop.ip().isPresent()).isTrue();
    }
  }
}
