package dev.rollcall.server.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One file of a [FileWatcher], with what was seen of it last and what was told of it last.
final class WatchedFile {
  /// Within this time of its last change a file may change once more without its time moving on.
  private static final Duration UNSETTLED = Duration.ofSeconds(2);

  private final Path file;
  private Optional<Look> seen = Optional.empty();
  private Optional<Look> told;
  private boolean known;

  /// A file as one look found it; two are the same when they hold the same.
  private record Look(FileTime modified, long size, @Nullable Object key, String digest) {
    boolean unchanged(BasicFileAttributes now) {
      return modified.equals(now.lastModifiedTime())
          && size == now.size()
          && Objects.equals(key, now.fileKey())
          && modified.toInstant().isBefore(Instant.now().minus(UNSETTLED));
    }
  }

  /// @param known whether what the file holds now is known already, and no change
  WatchedFile(Path file, boolean known) {
    this.file = file;
    this.known = known;
    this.told = find();
    this.seen = told;
  }

  /// Looks once, and says whether it has changed and stood still since the look before.
  boolean changed() {
    Optional<Look> now = find();
    boolean still = same(now, seen);
    seen = now;
    return still && !(known && same(now, told));
  }

  /// Whether the last look found it.
  boolean isThere() {
    return seen.isPresent();
  }

  /// Whether it was there when it was told of last.
  boolean wasThere() {
    return told.isPresent();
  }

  /// What the last look found is known now.
  void tell() {
    told = seen;
    known = true;
  }

  @Override
  public String toString() {
    return file.toString();
  }

  private Optional<Look> find() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (!now.isRegularFile()) {
        return Optional.empty(); // reading from a pipe takes from whoever else reads it
      }
      if (seen.isPresent() && seen.get().unchanged(now)) {
        return seen;
      }
      return Optional.of(new Look(now.lastModifiedTime(), now.size(), now.fileKey(), digest()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String digest() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static boolean same(Optional<Look> one, Optional<Look> other) {
    return one.map(Look::digest).equals(other.map(Look::digest));
  }
}
