package dev.rollcall.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// A text file of an operator: UTF-8, with a limited size, with or without a byte order mark.
final class TextFile {
  private TextFile() {}

  /// Reads a file.
  ///
  /// @param largest the largest number of bytes to read, whatever size the system reports
  /// @param wrong gets the reason if there is no text, with the remedy: `is a folder: name a text
  ///   file`
  static Optional<String> read(Path file, int largest, Consumer<String> wrong) {
    if (Files.isDirectory(file)) {
      wrong.accept("is a folder: name a text file");
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(largest + 1);
      if (bytes.length > largest) {
        wrong.accept("is larger than " + size(largest) + ": make it smaller");
        return Optional.empty();
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (NoSuchFileException e) {
      wrong.accept("does not exist: name one that does");
    } catch (AccessDeniedException e) {
      wrong.accept("may not be read by this user: change its permissions");
    } catch (CharacterCodingException e) {
      wrong.accept("is not UTF-8: save it as UTF-8");
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      wrong.accept("cannot be read (" + reason + "): name a text file");
    } catch (IOException e) {
      wrong.accept("cannot be read (" + e.getClass().getSimpleName() + "): name a text file");
    }
    return Optional.empty();
  }

  private static String size(int bytes) {
    return bytes % (1024 * 1024) == 0 ? bytes / 1024 / 1024 + " MiB" : bytes / 1024 + " KiB";
  }
}
