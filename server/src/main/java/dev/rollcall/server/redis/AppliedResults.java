package dev.rollcall.server.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// The results that callers of this process wait for. Whichever process applies an item tells them.
final class AppliedResults {
  private record Key(long writer, long number) {}

  private final Map<Key, CompletableFuture<byte[]>> awaited = new ConcurrentHashMap<>();

  /// The results of these items.
  List<CompletableFuture<byte[]>> await(long writer, long number, int count) {
    List<CompletableFuture<byte[]>> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(awaited.computeIfAbsent(new Key(writer, number + i), _ -> new CompletableFuture<>()));
    }
    return all;
  }

  /// Nobody waits for them any more.
  void forget(long writer, long number, int count) {
    for (int i = 0; i < count; i++) {
      awaited.remove(new Key(writer, number + i));
    }
  }

  /// An item was applied.
  void complete(long writer, long number, byte[] result) {
    CompletableFuture<byte[]> waits = awaited.remove(new Key(writer, number));
    if (waits != null) {
      waits.complete(result);
    }
  }
}
