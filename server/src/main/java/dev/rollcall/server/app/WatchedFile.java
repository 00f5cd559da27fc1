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

/// One file of a [FileWatcher], with the content that was found last and that was reported last.
final class WatchedFile {
  /// A file that changes twice within this time may have the same modification time.
  private static final Duration UNSETTLED = Duration.ofSeconds(2);

  private final Path file;
  private Optional<Look> seen = Optional.empty();
  private Optional<Look> reported;
  private boolean known;

  /// What one look found. Two looks are equal if the content was the same.
  private record Look(FileTime modified, long size, @Nullable Object key, String digest) {
    boolean unchanged(BasicFileAttributes now) {
      return modified.equals(now.lastModifiedTime())
          && size == now.size()
          && Objects.equals(key, now.fileKey())
          && modified.toInstant().isBefore(Instant.now().minus(UNSETTLED));
    }
  }

  /// @param known whether the present content counts as reported
  WatchedFile(Path file, boolean known) {
    this.file = file;
    this.known = known;
    this.reported = find();
    this.seen = reported;
  }

  /// Looks once. Returns whether the content differs from what was reported, and is the same as in
  /// the look before.
  boolean changed() {
    Optional<Look> now = find();
    boolean still = same(now, seen);
    seen = now;
    return still && !(known && same(now, reported));
  }

  /// Whether the last look found the file.
  boolean isThere() {
    return seen.isPresent();
  }

  /// Whether the file existed when it was reported last.
  boolean wasThere() {
    return reported.isPresent();
  }

  /// What the last look found is now reported.
  void setReported() {
    reported = seen;
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
        return Optional.empty(); // reading from a pipe would take bytes from its other reader
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
