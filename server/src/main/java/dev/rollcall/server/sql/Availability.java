package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Whether a database is open, and why it cannot be written, as far as somebody has tried. A
/// database that is unavailable is tried again in the background, once a second at most.
final class Availability {
  private static final System.Logger LOG = System.getLogger(Availability.class.getName());
  private static final Duration PROBE_EVERY = Duration.ofSeconds(1);

  /// How long a start waits for a database that does not answer, before it continues without it.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// How long a start waits for one that answers, while its tables are created or changed.
  private static final Duration PATIENCE_WITH_TABLES = Duration.ofSeconds(20);

  /// Why writing fails, and when it was last tried.
  ///
  /// @param unreached whether no connection to a server was possible
  private record Trouble(String reason, boolean unreached, Duration tried) {}

  private final DatabaseLocation location;
  private final Consumer<Runnable> opening;
  private final Runnable opened;
  private volatile Consumer<StorageException> refused = _ -> {};
  private final Runnable smallestWrite;
  private final Clock clock;
  private final CountDownLatch answered = new CountDownLatch(1);
  private final AtomicBoolean probing = new AtomicBoolean();
  private volatile boolean open;

  /// The start has ended: failures to open are only logged from now on.
  private volatile boolean waiting;

  private volatile Optional<Trouble> trouble = Optional.empty();

  /// When the newest write that succeeded began.
  private Duration worked = Duration.ofDays(-1);

  /// @param opening opens the database, and runs what it gets as soon as the database has answered
  /// @param opened runs after that, before anybody uses the database
  /// @param smallestWrite writes as little as possible, and says here what became of it
  Availability(
      DatabaseLocation location,
      Consumer<Runnable> opening,
      Runnable opened,
      Runnable smallestWrite,
      Clock clock) {
    this.location = location;
    this.opening = opening;
    this.opened = opened;
    this.smallestWrite = smallestWrite;
    this.clock = clock;
  }

  /// Opens the database.
  ///
  /// @throws StorageException if it cannot be opened
  void open() {
    opening.accept(
        () -> {
          trouble =
              trouble.map(
                  _ ->
                      new Trouble(
                          location + ": its tables are being updated", false, clock.monotonic()));
          answered.countDown();
        });
    opened.run();
    open = true;
  }

  /// Opens the database; if it is slow, unavailable or full, as soon as possible.
  ///
  /// @param later is told what does not end by itself, if that is found after this has returned
  /// @throws StorageException for what does not end by itself
  void openOrWait(Consumer<StorageException> later) {
    refused = later;
    CompletableFuture<Void> result = new CompletableFuture<>();
    probing.set(true);
    fails(location + ": has not answered since the start", false, clock.monotonic());
    Thread.ofVirtual().name("database-open").start(() -> probe(result));
    try {
      if (answered.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        result.get(PATIENCE_WITH_TABLES.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException e) {
      // It may still answer.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      StorageException failed =
          e.getCause() instanceof StorageException storage
              ? storage
              : new StorageException(
                  location + ": cannot be opened: " + e.getCause(),
                  StorageException.Outcome.REPAIR,
                  e);
      if (failed.outcome() == StorageException.Outcome.REPAIR) {
        throw failed.again();
      }
    }
    waiting = true;
  }

  /// @throws StorageException while it is not open
  void checkOpen() {
    if (!open) {
      throw new StorageException(
          trouble().orElse(location + ": is not open"), StorageException.Outcome.RETRY);
    }
  }

  /// Something was written.
  ///
  /// @param began when that began, on the monotonic clock
  synchronized void works(Duration began) {
    if (began.compareTo(worked) > 0) {
      worked = began;
    }
    if (trouble.isPresent()) {
      trouble = Optional.empty();
    }
  }

  /// Something could not be written. That counts unless something that began later was written.
  ///
  /// @param began when that began, on the monotonic clock
  void fails(StorageException failure, Duration began) {
    fails(failure.reason(), failure.unreached(), began);
  }

  private synchronized void fails(String reason, boolean unreached, Duration began) {
    if (began.compareTo(worked) >= 0) {
      trouble = Optional.of(new Trouble(reason, unreached, clock.monotonic()));
    }
  }

  /// As [#trouble], if no connection to the server was possible.
  Optional<String> unreached() {
    boolean unreached = trouble.filter(Trouble::unreached).isPresent();
    return unreached ? trouble() : Optional.empty();
  }

  /// Why writing fails at present; empty if the last write succeeded. It returns at once. If the
  /// last attempt is at least a second old, the next one is made in the background.
  Optional<String> trouble() {
    Optional<Trouble> now = trouble;
    boolean old =
        now.isPresent() && clock.monotonic().minus(now.get().tried()).compareTo(PROBE_EVERY) >= 0;
    if (old && probing.compareAndSet(false, true)) {
      Thread.ofVirtual().name("database-probe").start(() -> probe(new CompletableFuture<>()));
    }
    return now.map(Trouble::reason);
  }

  /// Opens the database if it is not open; otherwise writes a little.
  ///
  /// @param result gets the result of opening
  private void probe(CompletableFuture<Void> result) {
    Duration began = clock.monotonic();
    try {
      if (open) {
        smallestWrite.run();
      } else {
        open();
        works(began);
      }
      result.complete(null);
    } catch (StorageException e) {
      boolean logged = waiting || e.outcome() == StorageException.Outcome.RETRY;
      if (!open && logged && !e.reason().equals(trouble.map(Trouble::reason).orElse(""))) {
        LOG.log(Level.WARNING, "the database cannot be used yet: {0}", e.reason());
      }
      fails(e, began);
      result.completeExceptionally(e);
      if (!open && waiting && e.outcome() == StorageException.Outcome.REPAIR) {
        refused.accept(e);
      }
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
      throw e;
    } finally {
      answered.countDown(); // or has failed
      probing.set(false);
    }
  }
}
