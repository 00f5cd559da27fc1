package dev.rollcall.server.collector;

import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.http.Unavailable;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes the results of a request: reads, stores and counts them, and passes their hops on. A batch
/// that is stored already is acknowledged again, and nothing else.
final class ResultIntake {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /// What became of the results.
  sealed interface Received {
    /// They are stored, now or before.
    record Stored(int count) implements Received {}

    /// Something is wrong, and nothing is stored: see [Reading.Wrong].
    record Wrong(String error, List<InvalidElement> invalid) implements Received {}
  }

  private final RotatingStore store;
  private final Hops hops;
  private final StoredTotals totals;
  private final ResultBuffers buffers;
  private final KnownBatches batches;

  /// @param batches knows those of the files
  ResultIntake(
      RotatingStore store,
      Hops hops,
      StoredTotals totals,
      ResultBuffers buffers,
      KnownBatches batches) {
    this.store = store;
    this.hops = hops;
    this.totals = totals;
    this.buffers = buffers;
    this.batches = batches;
  }

  /// Takes results, and returns when they are durable.
  ///
  /// @param batch which one it is, if the node says so
  /// @param body a JSON array of results
  Received receive(Optional<BatchId> batch, InputStream body) {
    return switch (ResultReader.read(body, buffers)) {
      case Reading.Wrong(String error, List<InvalidElement> invalid) ->
          new Received.Wrong(error, invalid);
      case Reading.Right(Results results) -> {
        try (results) {
          batch.ifPresentOrElse(known -> storeOnce(known, results), () -> store(results));
          yield new Received.Stored(results.count());
        }
      }
    };
  }

  private void storeOnce(BatchId batch, Results results) {
    switch (batches.begin(batch)) {
      case STORED -> {}
      case UNDER_WAY ->
          throw new Unavailable("this batch is being stored by another request", RETRY_AFTER);
      case NEW -> {
        boolean done = false;
        try {
          results.are(batch);
          store(results);
          done = true;
        } finally {
          if (done) {
            batches.stored(batch);
          } else {
            batches.failed(batch);
          }
        }
      }
    }
  }

  private void store(Results results) {
    store.write(results);
    totals.stored(results);
    hops.see(results);
  }
}
