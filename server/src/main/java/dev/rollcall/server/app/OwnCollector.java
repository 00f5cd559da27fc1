package dev.rollcall.server.app;

import dev.rollcall.server.collector.BatchId;
import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.node.ResultReceiver;
import dev.rollcall.server.node.SpooledBatch;
import dev.rollcall.server.sql.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// The collector of the same process, for its node.
record OwnCollector(Collector collector) implements ResultReceiver {
  @Override
  public Outcome send(String node, SpooledBatch batch) {
    try (InputStream body = new GZIPInputStream(new ByteArrayInputStream(batch.body()))) {
      Optional<String> wrong = collector.receive(new BatchId(node, batch.id()), body);
      return wrong.isPresent() ? new Outcome.Refused(wrong.get()) : new Outcome.Stored();
    } catch (StorageException | Unavailable | UncheckedIOException e) {
      return new Outcome.Later(String.valueOf(e.getMessage()), Optional.empty());
    } catch (IOException e) {
      return new Outcome.Refused("it is no gzip: " + e.getMessage());
    }
  }
}
