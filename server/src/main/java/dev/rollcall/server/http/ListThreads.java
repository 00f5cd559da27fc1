package dev.rollcall.server.http;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Where long lists are read and written: two threads of the system's own. However many ask for
/// them, checks and short answers keep the threads that carry them, and the processors' other half.
final class ListThreads {
  private static final int THREADS = 2;
  private static final int MOST_WAITING = 128;

  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("lists-", 0).factory());

  static {
    POOL.allowCoreThreadTimeOut(true);
  }

  private ListThreads() {}

  /// Whether all of them have something to do.
  static boolean busy() {
    return POOL.getActiveCount() == THREADS;
  }

  /// The same handler there; 503 where too many wait already.
  static Handler handler(Handler handler) {
    return request -> {
      try {
        return POOL.submit(() -> handler.handle(request)).get();
      } catch (RejectedExecutionException e) {
        throw new Unavailable("too many ask for lists just now", Duration.ofSeconds(1), e);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case Exception thrown -> throw thrown;
          case Error thrown -> throw thrown;
          case null, default -> throw e;
        }
      }
    };
  }
}
