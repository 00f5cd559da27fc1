package dev.rollcall.server.http;

import java.time.Duration;

/// The limits of one port, and how long it waits for clients.
///
/// @param connections open at once; more wait in the queue of the operating system
/// @param requests handled at once, without event streams; more get 503
/// @param ofOne requests for pages and API handled at once from one address; more get 503
/// @param streams event streams open at once; more get 503, or the place of a client with more
///   streams
/// @param patience how long it waits
public record Limits(int connections, int requests, int ofOne, int streams, Patience patience) {
  /// How long a port waits for a client before it closes the connection.
  ///
  /// @param idle for the first byte of a request
  /// @param head from then to the end of its header
  /// @param body from then to the end of its body
  /// @param write until the client has read what one write sends
  /// @param heartbeat time between two comments in an event stream
  /// @param stop for requests under way when the port is closed
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

  /// The same with another limit of requests from one address.
  public Limits withRequestsOfOne(int most) {
    return new Limits(connections, requests, most, streams, patience);
  }
}
