package dev.rollcall.server.secret;

import dev.rollcall.server.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// The key of this installation: 32 random bytes, in the file `secret.key` of the data folder,
/// which only its owner can read, or in the setting `secret.key`. Everything that is encrypted or
/// signed has a key of its own, which is derived from it (HKDF with SHA-256, RFC 5869).
///
/// The file is made when a key is needed for the first time. Several threads may use it at once.
public final class InstallationKey {
  /// The name of the file in the data folder.
  public static final String FILE = "secret.key";

  private static final int BYTES = 32;
  private static final int LONGEST_TEXT = 200;

  private final Path file;
  private final Optional<Secret> given;
  private byte @Nullable [] bytes;

  /// @param folder the data folder
  /// @param given the value of the setting, as [#checked] accepts it
  public InstallationKey(Path folder, Optional<Secret> given) {
    this.file = folder.resolve(FILE);
    this.given = given;
  }

  /// Checks the text of a key.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text
  public static Secret checked(String text) {
    if (decoded(text).isEmpty()) {
      throw new IllegalArgumentException(
          "is no key: give the Base64 of 32 random bytes, as `openssl rand -base64 32` writes it");
    }
    return new Secret(text);
  }

  /// A box whose texts nothing else can open.
  ///
  /// @param purpose what is stored in it: `channels`
  /// @throws UncheckedIOException if the file cannot be read or made
  public SecretBox box(String purpose) {
    return new SecretBox(derived(purpose, "AES"));
  }

  /// A key for one purpose.
  ///
  /// @param algorithm the name of the algorithm that uses it: `HmacSHA256`
  /// @throws UncheckedIOException if the file cannot be read or made
  public SecretKey derived(String purpose, String algorithm) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(
              algorithm,
              HKDFParameterSpec.ofExtract()
                  .addIKM(bytes())
                  .thenExpand(("rollcall " + purpose).getBytes(StandardCharsets.UTF_8), BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF does not work in this Java", e);
    }
  }

  private synchronized byte[] bytes() {
    if (bytes == null) {
      bytes = given.map(text -> decoded(text.reveal()).orElseThrow()).orElseGet(this::ofFile);
    }
    return bytes;
  }

  private byte[] ofFile() {
    try {
      return read();
    } catch (NoSuchFileException e) {
      return made();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private byte[] read() throws IOException {
    String text;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer content = ByteBuffer.allocate(LONGEST_TEXT);
      while (content.hasRemaining() && channel.read(content) >= 0) {
        // until its end
      }
      text = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
    }
    return decoded(text)
        .orElseThrow(
            () ->
                new IOException(
                    file + " is no key: restore it, or remove it to begin with a new one"));
  }

  /// Another process that makes it at the same time wins or loses as a whole: the file appears with
  /// its content.
  private byte[] made() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    try {
      Path draft = Files.createTempFile(file.getParent(), FILE, ".new", onlyForItsOwner());
      try {
        try (FileChannel channel = FileChannel.open(draft, Set.of(StandardOpenOption.WRITE))) {
          channel.write(
              ByteBuffer.wrap(
                  (Base64.getEncoder().encodeToString(key) + "\n")
                      .getBytes(StandardCharsets.US_ASCII)));
          channel.force(true);
        }
        Files.createLink(file, draft);
      } catch (FileAlreadyExistsException e) {
        return read();
      } finally {
        Files.deleteIfExists(draft);
      }
      try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private FileAttribute<?>[] onlyForItsOwner() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text.strip()))
          .filter(key -> key.length == BYTES);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
