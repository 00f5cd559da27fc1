package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Batch;
import java.time.Instant;
import java.util.Optional;

/// One kind of writes that go through streams: how they are written there, and how they are applied
/// to the database.
///
/// @param <I> the type of the items
/// @param <R> the result of applying one
public interface StreamKind<I, R> {
  /// The name of its streams in Redis and in the database: `pings`.
  String name();

  /// What an item is about. Items of the same subject are applied in the order in which they came,
  /// whichever process they came to. Its hash code has to be the same in all processes.
  Object subject(I item);

  /// The item as bytes. They have to be readable by the version before and the version after.
  byte[] encode(I item);

  /// The item in these bytes.
  ///
  /// @throws IllegalArgumentException if they are not those of an item
  I decode(byte[] bytes);

  /// The result as bytes; empty if nobody waits for results of this kind.
  Optional<byte[]> encodeResult(R result);

  /// Why nothing was written of an item, if that is so and whoever sent it was told that it waits;
  /// such an item is kept aside.
  ///
  /// @param now when it is applied
  default Optional<String> refusal(I item, R result, Instant now) {
    return Optional.empty();
  }

  /// The result in these bytes.
  ///
  /// @throws IllegalArgumentException if they are not those of a result
  R decodeResult(byte[] bytes);

  /// Applies items to the database.
  Batch<I, R> batch();
}
