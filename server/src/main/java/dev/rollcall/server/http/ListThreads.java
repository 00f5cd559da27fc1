package dev.rollcall.server.http;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Two platform threads on which long lists are read and written. However many clients request
/// lists, checks and short answers keep their carriers, and half of the processors.
final class ListThreads {
  private static final int THREADS = 2;
  private static final int MOST_WAITING = 128;

  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("lists-", 0).factory());

  private static final Semaphore WAITING = new Semaphore(THREADS + MOST_WAITING);

  static {
    POOL.allowCoreThreadTimeOut(true);
  }

  private ListThreads() {}

  /// Whether all of these threads are busy.
  static boolean busy() {
    return POOL.getActiveCount() == THREADS;
  }

  /// Runs the handler on these threads; 503 if too many requests wait.
  static Handler handler(Handler handler) {
    return request -> {
      if (!WAITING.tryAcquire()) {
        throw new Unavailable("too many requests for lists at once", Duration.ofSeconds(1));
      }
      try {
        return wait(POOL.submit(() -> handler.handle(request)));
      } finally {
        WAITING.release();
      }
    };
  }

  /// Makes a later piece of an answer. It always waits, however many others do.
  static byte[] make(Callable<byte[]> piece) throws InterruptedException {
    try {
      return wait(POOL.submit(piece));
    } catch (RuntimeException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a piece of an answer cannot be made", e);
    }
  }

  private static <T> T wait(Future<T> made) throws Exception {
    try {
      return made.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    }
  }
}
