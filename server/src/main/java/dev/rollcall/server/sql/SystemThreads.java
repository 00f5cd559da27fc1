package dev.rollcall.server.sql;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Where calls into SQLite run that may take long. Such a call holds its thread until it is over;
/// beneath a virtual thread that is one of the few, as many as processors, that carry all others.
final class SystemThreads {
  /// As many as there are connections in use, each kept for a minute.
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

  /// Runs `work` on a thread of the system's own, and waits; an interrupt does not end the waiting.
  /// What it throws arrives here.
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
