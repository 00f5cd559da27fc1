package dev.rollcall.server.account.definition;

import dev.rollcall.server.http.Unavailable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;

/// What needs the key of the installation.
public final class ServerKey {
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private ServerKey() {}

  /// What the work returns. Where the file of the key cannot be read, every request would fail:
  /// that is 503, and a line in the log now and then.
  public static <R> R readable(Supplier<R> work) {
    try {
      return work.get();
    } catch (UncheckedIOException e) {
      throw new Unavailable("the key of this server cannot be read", AGAIN, e);
    }
  }
}
