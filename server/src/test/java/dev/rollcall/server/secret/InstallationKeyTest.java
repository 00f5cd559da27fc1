package dev.rollcall.server.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstallationKeyTest {
  private static final String ZEROS = Base64.getEncoder().encodeToString(new byte[32]);

  @TempDir Path folder;

  @Test
  void makesItsFileWhenItIsNeededAndReadsItAgain() {
    InstallationKey key = new InstallationKey(folder, Optional.empty());
    assertThat(folder.resolve(InstallationKey.FILE)).doesNotExist();
    String sealed = key.box("channels").seal("a text", "row 1");
    assertThat(folder.resolve(InstallationKey.FILE)).exists();
    assertThat(folder.toFile().list()).containsExactly(InstallationKey.FILE);
    assertThat(new InstallationKey(folder, Optional.empty()).box("channels").open(sealed, "row 1"))
        .contains("a text");
  }

  @Test
  void opensNothingForAnotherPlacePurposeOrKey() {
    InstallationKey key = new InstallationKey(folder, Optional.of(new Secret(ZEROS)));
    String sealed = key.box("channels").seal("a text", "row 1");
    assertThat(folder.toFile().list()).isEmpty();
    assertThat(key.box("channels").open(sealed, "row 1")).contains("a text");
    assertThat(key.box("channels").open(sealed, "row 2")).isEmpty();
    assertThat(key.box("accounts").open(sealed, "row 1")).isEmpty();
    assertThat(new InstallationKey(folder, Optional.empty()).box("channels").open(sealed, "row 1"))
        .isEmpty();
  }

  @Test
  void sealsNothingTwiceInTheSameWay() {
    SecretBox box = new InstallationKey(folder, Optional.of(new Secret(ZEROS))).box("channels");
    assertThat(box.seal("a", "b")).isNotEqualTo(box.seal("a", "b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1:", "v1:AAAA", "v1:%%%", "v2:AAAA", "a text"})
  void opensNoTextThatItHasNotSealed(String text) {
    SecretBox box = new InstallationKey(folder, Optional.of(new Secret(ZEROS))).box("channels");
    assertThat(box.open(text, "row")).isEmpty();
  }

  @Test
  void refusesAFileThatIsNoKeyAndFollowsNoLink() throws IOException {
    Path file = folder.resolve(InstallationKey.FILE);
    Files.writeString(file, "not a key\n");
    assertThatThrownBy(() -> new InstallationKey(folder, Optional.empty()).box("channels"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("secret.key is no key: restore it");
    Files.delete(file);
    Path other = Files.writeString(folder.resolve("other"), ZEROS);
    Files.createSymbolicLink(file, other);
    assertThatThrownBy(() -> new InstallationKey(folder, Optional.empty()).box("channels"))
        .isInstanceOf(UncheckedIOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "AAAA", "not base64 at all, but long enough to be a key!!"})
  void isCheckedWhereItIsGiven(String text) {
    assertThatThrownBy(() -> InstallationKey.checked(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("openssl rand -base64 32");
  }

  @Test
  void isNotShown() {
    assertThat(InstallationKey.checked(ZEROS).toString()).isEqualTo("***");
  }
}
