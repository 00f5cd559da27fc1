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

class FileWatcherTest {
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
    FileWatcher fileWatcher = new FileWatcher(file);
    look(fileWatcher, 3);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    look(fileWatcher, 3);
    assertThat(changes).hasValue(0);
  }

  @Test
  void saysOnceThatAFileChangedAndOnlyWhenItStoodStill() throws IOException {
    FileWatcher fileWatcher = new FileWatcher(file);
    Files.writeString(file, "");
    look(fileWatcher, 1);
    Files.writeString(file, "b");
    look(fileWatcher, 1);
    assertThat(changes).hasValue(0);
    look(fileWatcher, 3);
    assertThat(changes).hasValue(1);
  }

  @Test
  void seesAFileThatWasReplacedWholeByOneOfTheSameSizeAndTime() throws IOException {
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, old);
    FileWatcher fileWatcher = new FileWatcher(file);
    Path other = Files.writeString(folder.resolve("new"), "b");
    Files.setLastModifiedTime(other, old);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    look(fileWatcher, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void followsALinkThatIsTurnedToAnotherFile() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    FileWatcher fileWatcher = new FileWatcher(link);
    Path other = Files.writeString(folder.resolve("other"), "b");
    Files.move(
        Files.createSymbolicLink(folder.resolve("link2"), other),
        link,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    look(fileWatcher, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void keepsQuietAboutAFileThatIsGoneUntilItIsBackWithSomethingElse() throws IOException {
    FileWatcher fileWatcher = new FileWatcher(file);
    Files.delete(file);
    look(fileWatcher, 3);
    Files.writeString(file, "a");
    look(fileWatcher, 3);
    assertThat(changes).hasValue(0);
    Files.writeString(file, "b");
    look(fileWatcher, 3);
    assertThat(changes).hasValue(1);
  }

  @Test
  void saysWhyAFileCannotBeReadUntilItIsBack() throws IOException {
    FileWatcher fileWatcher = new FileWatcher(file);
    assertThat(fileWatcher.missing()).isEmpty();
    Files.delete(file);
    look(fileWatcher, 1);
    assertThat(fileWatcher.missing())
        .hasValue(file + " no longer exists: its last content stays in use; restore the file");
    Files.createDirectory(file);
    look(fileWatcher, 1);
    assertThat(fileWatcher.missing())
        .hasValue(file + " is a folder now: its last content stays in use; restore the file");
    Files.delete(file);
    Files.writeString(file, "a");
    look(fileWatcher, 1);
    assertThat(fileWatcher.missing()).isEmpty();
  }

  @Test
  void seesAFileThatWasNotThereAtFirst() throws IOException {
    Files.delete(file);
    FileWatcher fileWatcher = new FileWatcher(file);
    look(fileWatcher, 2);
    Files.writeString(file, "a");
    look(fileWatcher, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void seesWhatBecomesOfTheFilesThatAFileNames() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "1");
    Path missing = folder.resolve("missing");
    FileWatcher fileWatcher = new FileWatcher(file);
    fileWatcher.follow(Set.of(secret, missing));
    look(fileWatcher, 3);
    // It may have changed between having been read and having been followed.
    assertThat(changes).hasValue(1);
    fileWatcher.follow(Set.of(secret, missing));
    look(fileWatcher, 3);
    assertThat(changes).hasValue(1);
    Files.writeString(secret, "2");
    look(fileWatcher, 3);
    assertThat(changes).hasValue(2);
    Files.writeString(missing, "");
    look(fileWatcher, 3);
    assertThat(changes).hasValue(3);
    Files.delete(secret);
    look(fileWatcher, 3);
    assertThat(changes).hasValue(4);
    fileWatcher.follow(Set.of());
    Files.writeString(missing, "x");
    look(fileWatcher, 3);
    assertThat(changes).hasValue(4);
  }

  @Test
  void seesAFileThatIsNoText() throws IOException {
    FileWatcher fileWatcher = new FileWatcher(file);
    Files.write(file, new byte[] {'a', (byte) 0xe4});
    look(fileWatcher, 2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void looksByItselfUntilItIsClosed() throws IOException {
    try (FileWatcher fileWatcher = new FileWatcher(file)) {
      fileWatcher.start(changes::incrementAndGet);
      Files.writeString(file, "b");
      await().atMost(Duration.ofMinutes(1)).until(() -> changes.get() == 1);
    }
  }

  private void look(FileWatcher fileWatcher, int times) {
    for (int i = 0; i < times; i++) {
      fileWatcher.look(changes::incrementAndGet);
    }
  }
}
