package dev.rollcall.server.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The places of requests under way on one port. Pings and measurements have their own places, so
/// that requests for pages and the API cannot keep them out. Of the others, one address may have a
/// limited number.
///
/// Of the requests that only read, a few are processed at a time and the others wait. Thousands at
/// once would delay checks. Those that wait for another server ([Route#waits]) are not among them.
final class RequestSlots {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration LONGEST_TURN = Duration.ofSeconds(10);
  private static final Duration CLEARED_WITHIN = Duration.ofMillis(250);
  private static final int ATTEMPTS = 4;
  private static final int STREAMED = 32;
  private static final int STREAMED_OF_ONE = 8;

  private final Semaphore calls;
  private final Semaphore writes;
  private final Semaphore others;
  private final Semaphore streamed = new Semaphore(STREAMED);
  private final Semaphore turns =
      new Semaphore(8 * Runtime.getRuntime().availableProcessors(), true);
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<InetAddress, Integer> streamedOf = new ConcurrentHashMap<>();
  private final int mostOfOne;

  RequestSlots(Limits limits) {
    this.calls = new Semaphore(limits.requests());
    this.writes = new Semaphore(limits.requests());
    this.others = new Semaphore(limits.requests());
    this.mostOfOne = limits.ofOne();
  }

  /// The place of a request; it is released once.
  @FunctionalInterface
  interface Slot extends AutoCloseable {
    Slot NONE = () -> {};

    @Override
    void close();
  }

  /// Takes a place for a request to `route`. If there is none, connections that keep the server
  /// waiting are closed to make room.
  ///
  /// @param client the address of the client
  /// @throws Unavailable if there is none
  Slot take(Route route, Connection connection, InetAddress client) throws InterruptedException {
    Access kind =
        switch (route.access()) {
          case PUBLIC, ACCOUNT, USER, OPERATOR -> Access.PUBLIC;
          case PING -> Access.PING;
          case SENDER -> Access.SENDER;
        };
    Slot slot =
        switch (kind) {
          case PING -> take(calls, kind, connection);
          case SENDER -> take(writes, kind, connection);
          case PUBLIC, ACCOUNT, USER, OPERATOR -> share(kind, connection, client);
        };
    connection.holds(kind);
    return slot;
  }

  private static Slot take(Semaphore places, Access kind, Connection connection)
      throws InterruptedException {
    boolean taken = places.tryAcquire();
    for (int i = 0; !taken && i < ATTEMPTS && connection.clearsOthers(kind); i++) {
      taken = places.tryAcquire(CLEARED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (!taken) {
      if (kind == Access.PING) {
        connection.turnsAway();
      }
      throw new Unavailable("too many requests at once", RETRY_AFTER);
    }
    return places::release;
  }

  private Slot share(Access kind, Connection connection, InetAddress address)
      throws InterruptedException {
    if (byAddress.merge(address, 1, Integer::sum) > mostOfOne) {
      leave(byAddress, address);
      throw new Unavailable(
          "too many requests at once from " + address.getHostAddress(), RETRY_AFTER);
    }
    try {
      Slot slot = take(others, kind, connection);
      return () -> {
        slot.close();
        leave(byAddress, address);
      };
    } catch (Unavailable | InterruptedException e) {
      leave(byAddress, address);
      throw e;
    }
  }

  private static void leave(ConcurrentHashMap<InetAddress, Integer> counts, InetAddress address) {
    counts.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  /// Waits until a request that only reads may be processed.
  ///
  /// @throws Unavailable if that takes too long
  Slot turn(Route route, Request request) throws InterruptedException {
    if (request.method() != Method.GET || route.access() == Access.PING || route.waits()) {
      return Slot.NONE;
    }
    if (!turns.tryAcquire(LONGEST_TURN.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new Unavailable("too many requests at once", RETRY_AFTER);
    }
    return turns::release;
  }

  /// A place for an answer that is made while it is sent, and meanwhile keeps its data. One address
  /// may have a quarter of these places.
  Optional<Slot> stream(InetAddress client) {
    if (streamedOf.merge(client, 1, Integer::sum) > STREAMED_OF_ONE || !streamed.tryAcquire()) {
      leave(streamedOf, client);
      return Optional.empty();
    }
    return Optional.of(
        () -> {
          streamed.release();
          leave(streamedOf, client);
        });
  }
}
