package dev.rollcall.server.outbox;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A channel, with what is being sent on it.
final class ActiveChannel {
  private final Channel channel;
  private final ReceiverBreaker breaker = new ReceiverBreaker();
  private final Set<Long> underWay = ConcurrentHashMap.newKeySet();

  ActiveChannel(Channel channel) {
    this.channel = channel;
  }

  Channel channel() {
    return channel;
  }

  /// The receiver as the limits know it. Accounts have limits of their own: what they send must not
  /// take the places of others at the same receiver.
  String receiver() {
    String name = channel.name();
    return name.substring(0, name.indexOf('/') + 1) + channel.receiver();
  }

  ReceiverBreaker breaker() {
    return breaker;
  }

  Set<Long> underWay() {
    return underWay;
  }
}
