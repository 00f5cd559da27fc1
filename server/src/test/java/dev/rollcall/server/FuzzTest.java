package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.address.AddressFuzz;
import dev.rollcall.server.collector.ResultsFuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What fuzzing looks for, in each build: the kept inputs, and the same 30,000 mutations of them.
/// `bench/fuzz` searches on, with Jazzer.
class FuzzTest {
  private static final Path KEPT = Path.of("src/test/resources/fuzz");
  private static final int ROUNDS = 30_000;

  private static final List<String> OF_RESULTS =
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

  private static final List<String> OF_ADDRESSES =
      List.of(
          "0",
          "00",
          "255",
          "256",
          "4294967304",
          ".",
          ":",
          "::",
          "/",
          "/0",
          "/32",
          "/128",
          "/129",
          "%1",
          "-",
          "*",
          "ffff",
          "g",
          " ",
          "\u0000",
          "٥",
          "1".repeat(40));

  private final Random random = new Random(20_261_120);

  @Test
  void readsOrRefusesWhateverComesAsResults() throws IOException {
    tryAll("results", OF_RESULTS, ResultsFuzz::fuzzerTestOneInput);
  }

  @Test
  void readsOrRefusesWhateverComesAsAnAddress() throws IOException {
    tryAll("addresses", OF_ADDRESSES, AddressFuzz::fuzzerTestOneInput);
  }

  private void tryAll(String folder, List<String> pieces, Consumer<byte[]> holds)
      throws IOException {
    List<byte[]> kept;
    try (Stream<Path> files = Files.list(KEPT.resolve(folder))) {
      kept = files.sorted().map(FuzzTest::bytes).toList();
    }
    assertThat(kept).hasSizeGreaterThan(15);
    kept.forEach(holds);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] input = kept.get(random.nextInt(kept.size()));
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        input = mutated(input, pieces);
      }
      holds.accept(input);
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
  private byte[] mutated(byte[] body, List<String> pieces) {
    int from = random.nextInt(body.length + 1);
    int to = from + random.nextInt(Math.min(8, body.length - from + 1));
    ByteArrayOutputStream mutated = new ByteArrayOutputStream();
    mutated.write(body, 0, from);
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> mutated.write(random.nextInt(256));
      default -> mutated.writeBytes(pieces.get(random.nextInt(pieces.size())).getBytes(UTF_8));
    }
    mutated.write(body, to, body.length - to);
    return mutated.toByteArray();
  }
}
