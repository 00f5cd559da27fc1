package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

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

/// What fuzzing looks for, in each build: the kept packets, and the same 30,000 mutations of them.
/// `bench/fuzz` searches on, with Jazzer.
class FuzzTest {
  private static final Path KEPT = Path.of("src/test/resources/fuzz");
  private static final int ROUNDS = 30_000;

  private final Random random = new Random(20_261_129);

  @Test
  void readsOrRefusesWhateverComesAsAPacket() throws IOException {
    tryAll("packets", PacketFuzz::fuzzerTestOneInput);
  }

  @Test
  void findsAProbeInWhateverQuotesIt() throws IOException {
    tryAll("quotes", QuoteFuzz::fuzzerTestOneInput);
  }

  private void tryAll(String folder, Consumer<byte[]> holds) throws IOException {
    List<byte[]> kept;
    try (Stream<Path> files = Files.list(KEPT.resolve(folder))) {
      kept = files.sorted().map(FuzzTest::bytes).toList();
    }
    assertThat(kept).hasSizeGreaterThan(15);
    kept.forEach(holds);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] input = kept.get(random.nextInt(kept.size()));
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        input = mutated(input);
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

  /// A piece of it replaced: by nothing, an octet, the extremes of a length, or zeros.
  private byte[] mutated(byte[] packet) {
    int from = random.nextInt(packet.length + 1);
    int to = from + random.nextInt(Math.min(4, packet.length - from + 1));
    ByteArrayOutputStream mutated = new ByteArrayOutputStream();
    mutated.write(packet, 0, from);
    switch (random.nextInt(5)) {
      case 0 -> {}
      case 1 -> mutated.write(0xff);
      case 2 -> mutated.writeBytes(new byte[random.nextInt(40)]);
      default -> mutated.write(random.nextInt(256));
    }
    mutated.write(packet, to, packet.length - to);
    return mutated.toByteArray();
  }
}
