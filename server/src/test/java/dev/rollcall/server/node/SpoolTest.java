package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.sql.OtherProcess;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 4);

  @TempDir Path folder;

  private Spool open(long mostBytes) {
    return Spool.open(folder, mostBytes, Clock.system());
  }

  private static byte[] body(int bytes) {
    return new byte[bytes];
  }

  @Test
  void keepsBatchesInOrderUntilTheyAreDelivered() {
    Set<String> ids = new HashSet<>();
    try (Spool spool = open(1_000)) {
      spool.note(new byte[] {1}, 3);
      spool.note(new byte[] {2}, 4);
    }
    try (Spool spool = open(1_000)) {
      for (int i = 1; i <= 2; i++) {
        SpooledBatch batch = spool.oldest().orElseThrow();
        assertThat(batch.body()).containsExactly(i);
        assertThat(batch.results()).isEqualTo(i + 2);
        assertThat(spool.oldest().orElseThrow().id()).isEqualTo(batch.id());
        spool.delivered(batch);
        ids.add(batch.id());
      }
      assertThat(spool.oldest()).isEmpty();
      assertThat(spool.content()).isEqualTo(Spool.Content.NOTHING);
      spool.note(new byte[] {3}, 1);
      ids.add(spool.oldest().orElseThrow().id());
    }
    assertThat(ids).hasSize(3);
  }

  @Test
  void pushesOutTheOldestAndCountsTheirResults() {
    try (Spool spool = open(1_000)) {
      for (int i = 0; i < 10; i++) {
        spool.note(body(300), 5);
      }
      assertThat(spool.content()).isEqualTo(new Spool.Content(3, 900, 35, 0));
      assertThat(spool.oldest().orElseThrow().id()).endsWith("-8");
      spool.note(body(1_001), 7);
      assertThat(spool.content())
          .as("one that is larger than all room is pushed out too, and the one that is sent stays")
          .isEqualTo(new Spool.Content(1, 300, 52, 0));
    }
    try (Spool spool = open(100)) {
      spool.note(body(1), 1);
      assertThat(spool.content()).as("less room").isEqualTo(new Spool.Content(1, 1, 57, 0));
    }
  }

  @Test
  void putsAsideWhatNoCollectorTakes() {
    try (Spool spool = open(1_000)) {
      spool.note(body(300), 5);
      spool.note(body(200), 1);
      spool.refused(spool.oldest().orElseThrow());
      assertThat(spool.oldest().orElseThrow().results()).isEqualTo(1);
      assertThat(spool.content()).isEqualTo(new Spool.Content(1, 500, 0, 5));
      spool.delivered(spool.oldest().orElseThrow());
      spool.note(body(800), 2);
      assertThat(spool.content())
          .as("it is pushed out as others are, and is not counted twice")
          .isEqualTo(new Spool.Content(1, 800, 0, 5));
    }
  }

  @Test
  void belongsToOneProcess() {
    try (Spool spool = open(1_000)) {
      assertThatThrownBy(() -> open(1_000))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("is in use by another Rollcall");
      assertThat(spool.trouble()).isEmpty();
    }
  }

  @Test
  void beginsAnewBesideADamagedFile() throws IOException {
    try (Spool spool = open(1_000)) {
      spool.note(body(10), 1);
    }
    Files.write(folder.resolve("spool.db"), body(10_000));
    try (Spool spool = open(1_000)) {
      assertThat(spool.oldest()).isEmpty();
      spool.note(body(10), 1);
    }
    try (var files = Files.list(folder)) {
      assertThat(files).anyMatch(file -> file.toString().endsWith(".corrupt"));
    }
  }

  /// A bad block of the disk in its middle: the beginning of the file can be read.
  @Test
  void goesOnBesideAFileThatIsFoundToBeDamagedLater() throws IOException {
    try (Spool spool = open(1_000_000)) {
      for (int i = 0; i < 200; i++) {
        spool.note(body(3_000), 1);
      }
    }
    Path file = folder.resolve("spool.db");
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 40_000, bytes.length - 40_000, (byte) 0x5a);
    Files.write(file, bytes);
    try (Spool spool = open(1_000_000)) {
      int delivered = 0;
      int failures = 0;
      spool.note(body(10), 7);
      while (failures < 3) {
        try {
          Optional<SpooledBatch> next = spool.oldest();
          if (next.isEmpty()) {
            break;
          }
          spool.delivered(next.get());
          delivered++;
        } catch (StorageException e) {
          failures++;
        }
      }
      assertThat(failures).isOne();
      assertThat(delivered).as("what can be read").isPositive();
      spool.note(body(10), 7);
      assertThat(spool.oldest().orElseThrow().results()).isEqualTo(7);
      assertThat(spool.trouble()).isEmpty();
    }
    try (var files = Files.list(folder)) {
      assertThat(files).anyMatch(aside -> aside.toString().endsWith(".corrupt"));
    }
  }

  /// The other process notes batches and sends them; what it sends it says before it removes it.
  @Test
  void losesNothingThatWasNotedAndNeverUsesAnIdTwiceHoweverOftenItIsKilled() throws Exception {
    Random random = new Random(7);
    Set<String> noted = new HashSet<>();
    Map<String, String> sent = new HashMap<>();
    for (int kill = 0; kill < KILLS; kill++) {
      work(kill, 100 + random.nextInt(400), noted, sent);
      try (Spool spool = open(SpoolVictim.ROOM)) {
        assertThat(spool.content().dropped()).isZero();
      }
    }
    try (Spool spool = open(SpoolVictim.ROOM)) {
      for (Optional<SpooledBatch> next = spool.oldest(); next.isPresent(); next = spool.oldest()) {
        SpooledBatch batch = next.get();
        String text = new String(batch.body(), StandardCharsets.US_ASCII);
        assertThat(sent.getOrDefault(batch.id(), text)).isEqualTo(text);
        sent.put(batch.id(), text);
        spool.delivered(batch);
      }
      assertThat(spool.content()).isEqualTo(Spool.Content.NOTHING);
    }
    assertThat(noted).hasSizeGreaterThan(100);
    assertThat(sent.values()).doesNotHaveDuplicates().containsAll(noted);
  }

  private void work(int run, int lines, Set<String> noted, Map<String, String> sent)
      throws IOException, InterruptedException {
    Process victim = OtherProcess.start(SpoolVictim.class, folder.toString(), run + "");
    try (BufferedReader said = victim.inputReader(StandardCharsets.UTF_8)) {
      int read = 0;
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.endsWith(".")) { // whole, though the process may have died while it wrote
          String[] words = line.substring(0, line.length() - 1).split(" ", -1);
          if (words[0].equals("noted")) {
            noted.add(words[1]);
          } else {
            assertThat(sent.getOrDefault(words[1], words[2])).isEqualTo(words[2]);
            sent.put(words[1], words[2]);
          }
        }
        if (++read == lines) {
          victim.toHandle().destroyForcibly();
        }
      }
      assertThat(read).isGreaterThanOrEqualTo(lines);
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }
}
