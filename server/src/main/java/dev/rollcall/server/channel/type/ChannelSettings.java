package dev.rollcall.server.channel.type;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import java.util.Optional;

/// What a definition says about a channel of its type. Settings are equal if nothing has changed.
public interface ChannelSettings {
  /// The channel that sends with these settings.
  ///
  /// @param key the name of the channel in the outbox
  /// @param resolver decides which addresses may be reached
  Channel open(String key, Resolver resolver);

  /// The markup of its messages; empty if they have no text.
  default Optional<Markup> markup() {
    return Optional.empty();
  }

  /// What the receiver shows below the title of a message, or what it gets.
  default String shown(Delivery delivery, AlertText text) {
    return text.bodyOrFacts();
  }
}
