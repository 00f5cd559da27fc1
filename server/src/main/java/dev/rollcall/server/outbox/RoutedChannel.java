package dev.rollcall.server.outbox;

/// A channel, and what it is told of.
public record RoutedChannel(Channel channel, AlertRoute route) {
  /// Its name as its owner knows it: without the prefix that those of accounts have.
  public String shownName() {
    return channel.name().substring(channel.name().indexOf('/') + 1);
  }
}
