package dev.rollcall.server.http;

import java.time.Duration;

/// What one listener takes on at once, and how long it waits for whom.
///
/// @param connections open at once; more wait in the system's queue until one closes
/// @param requests handled at once, event streams apart; more get 503
/// @param ofOne handled at once of one address that only looks; more of it get 503
/// @param streams event streams open at once; more get 503, or the place of one whose client has
///   most
/// @param patience how long it waits
public record Limits(int connections, int requests, int ofOne, int streams, Patience patience) {
  /// How long a listener waits for a client before it closes the connection.
  ///
  /// @param idle for the first byte of a request
  /// @param head from then to the end of its header, however the bytes trickle
  /// @param body from then to the end of its body
  /// @param write for the client to take what one write sends
  /// @param heartbeat between two signs of life in an event stream
  /// @param stop for requests under way when the listener closes
  public record Patience(
      Duration idle,
      Duration head,
      Duration body,
      Duration write,
      Duration heartbeat,
      Duration stop) {}

  public Limits {
    if (connections < 1 || requests < 1 || ofOne < 1 || streams < 0) {
      throw new IllegalArgumentException(
          "limits of "
              + connections
              + " connections, "
              + requests
              + " requests ("
              + ofOne
              + " of one address) and "
              + streams
              + " streams");
    }
  }

  /// 4,096 connections, 1,024 requests, 256 of one address, 1,024 streams; a minute of idleness and
  /// for a body, 10 s for a header, 30 s for a write, 15 s between heartbeats, 4 s to stop.
  public static Limits usual() {
    return new Limits(
        4096,
        1024,
        256,
        1024,
        new Patience(
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(4)));
  }

  /// The same with so many requests of one address.
  public Limits withRequestsOfOne(int most) {
    return new Limits(connections, requests, most, streams, patience);
  }
}
