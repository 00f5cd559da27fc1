package dev.rollcall.server.channel.message;

import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;

/// A channel whose messages have a text, which may be another one than ours.
public interface TextChannel extends Channel {
  /// Sends a delivery with this text.
  Result send(Delivery delivery, AlertText text) throws InterruptedException;

  @Override
  default Result send(Delivery delivery) throws InterruptedException {
    return send(delivery, AlertText.of(delivery));
  }
}
