package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
  @TempDir Path folder;

  private final AtomicInteger changes = new AtomicInteger();
  private Path file;

  @BeforeEach
  void begin() throws IOException {
    file = folder.resolve("rollcall.yaml");
    Files.writeString(file, "a");
  }

  @Test
  void saysNothingWhileNothingChanges() throws IOException {
    Watch watch = new Watch(file);
    look(watch, 3);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    look(watch, 3);
    assertThat(changes).hasValue(0);
  }

  @Test
  void saysOnceThatAFileChangedAndOnlyWhenItStoodStill() throws IOException {
    Watch watch = new Watch(file);
    Files.writeString(file, "");
    look(watch, 1);
    Files.writeString(file, "b");
    look(watch, 1);
    assertThat(changes).hasValue(0);
    look(watch, 3);
    assertThat(changes).hasValue(1);
  }

  @Test
  void seesAFileThatWasReplacedWholeByOneOfTheSameSizeAndTime() throws IOException {
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, old);
    Watch watch = new Watch(file);
    Path other = Files.writeString(folder.resolve("new"), "b");
    Files.setLastModifiedTime(other, old);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    look(watch, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void followsALinkThatIsTurnedToAnotherFile() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Watch watch = new Watch(link);
    Path other = Files.writeString(folder.resolve("other"), "b");
    Files.move(
        Files.createSymbolicLink(folder.resolve("link2"), other),
        link,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    look(watch, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void keepsQuietAboutAFileThatIsGoneUntilItIsBackWithSomethingElse() throws IOException {
    Watch watch = new Watch(file);
    Files.delete(file);
    look(watch, 3);
    Files.writeString(file, "a");
    look(watch, 3);
    assertThat(changes).hasValue(0);
    Files.writeString(file, "b");
    look(watch, 3);
    assertThat(changes).hasValue(1);
  }

  @Test
  void saysWhyAFileCannotBeReadUntilItIsBack() throws IOException {
    Watch watch = new Watch(file);
    assertThat(watch.missing()).isEmpty();
    Files.delete(file);
    look(watch, 1);
    assertThat(watch.missing())
        .hasValue(file + " no longer exists: its last content stays in use; restore the file");
    Files.createDirectory(file);
    look(watch, 1);
    assertThat(watch.missing())
        .hasValue(file + " is a folder now: its last content stays in use; restore the file");
    Files.delete(file);
    Files.writeString(file, "a");
    look(watch, 1);
    assertThat(watch.missing()).isEmpty();
  }

  @Test
  void seesAFileThatWasNotThereAtFirst() throws IOException {
    Files.delete(file);
    Watch watch = new Watch(file);
    look(watch, 2);
    Files.writeString(file, "a");
    look(watch, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void seesWhatBecomesOfTheFilesThatAFileNames() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "1");
    Path missing = folder.resolve("missing");
    Watch watch = new Watch(file);
    watch.follow(Set.of(secret, missing));
    look(watch, 3);
    // It may have changed between having been read and having been followed.
    assertThat(changes).hasValue(1);
    watch.follow(Set.of(secret, missing));
    look(watch, 3);
    assertThat(changes).hasValue(1);
    Files.writeString(secret, "2");
    look(watch, 3);
    assertThat(changes).hasValue(2);
    Files.writeString(missing, "");
    look(watch, 3);
    assertThat(changes).hasValue(3);
    Files.delete(secret);
    look(watch, 3);
    assertThat(changes).hasValue(4);
    watch.follow(Set.of());
    Files.writeString(missing, "x");
    look(watch, 3);
    assertThat(changes).hasValue(4);
  }

  @Test
  void seesAFileThatIsNoText() throws IOException {
    Watch watch = new Watch(file);
    Files.write(file, new byte[] {'a', (byte) 0xe4});
    look(watch, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void looksByItselfUntilItIsClosed() throws IOException {
    try (Watch watch = new Watch(file)) {
      watch.start(changes::incrementAndGet);
      Files.writeString(file, "b");
      await().atMost(Duration.ofMinutes(1)).until(() -> changes.get() == 1);
    }
  }

  private void look(Watch watch, int times) {
    for (int i = 0; i < times; i++) {
      watch.look(changes::incrementAndGet);
    }
  }
}
