package dev.rollcall.server.sql;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Runs calls into SQLite that may take long on platform threads. Such a call blocks its thread. A
/// virtual thread would block its carrier, of which there are only as many as processors.
final class SystemThreads {
  /// At most as many as there are connections in use. Each ends after a minute without work.
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("sqlite-", 0).factory());

  private SystemThreads() {}

  /// Runs `work` as [#call] does.
  static void run(Runnable work) {
    if (Thread.currentThread().isVirtual()) {
      await(CompletableFuture.runAsync(work, THREADS));
    } else {
      work.run();
    }
  }

  /// Runs `work` on a platform thread, and waits for it; an interrupt does not end the wait. It
  /// throws what `work` throws.
  static <T> T call(Supplier<T> work) {
    return Thread.currentThread().isVirtual()
        ? await(CompletableFuture.supplyAsync(work, THREADS))
        : work.get();
  }

  private static <T> T await(CompletableFuture<T> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    }
  }
}
