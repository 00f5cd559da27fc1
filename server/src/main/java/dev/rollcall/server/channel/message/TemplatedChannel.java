package dev.rollcall.server.channel.message;

import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification;
import java.time.Duration;
import java.util.Optional;

/// A channel whose messages have texts of its own. Where they cannot be made, or the receiver
/// refuses them, ours are sent instead, and that is remarked.
///
/// @param markup of the receiver
record TemplatedChannel(TextChannel channel, MessageTemplates templates, Markup markup)
    implements Channel {
  /// What a second attempt needs at least, within [Channel#LONGEST].
  private static final Duration SECOND = Duration.ofSeconds(7);

  @Override
  public Result send(Delivery delivery) throws InterruptedException {
    return switch (templates.of(delivery, markup)) {
      case MessageTemplates.Made.Failed(String why) -> standard(delivery, why);
      case MessageTemplates.Made.Text(AlertText text) -> {
        long began = System.nanoTime();
        Result result = channel.send(delivery, text);
        Duration left = LONGEST.minusNanos(System.nanoTime() - began);
        boolean refused = result instanceof Result.Refused && left.compareTo(SECOND) > 0;
        yield refused ? standard(delivery, ((Result.Refused) result).reason()) : result;
      }
    };
  }

  private Result standard(Delivery delivery, String why) throws InterruptedException {
    Result result = channel.send(delivery);
    return result instanceof Result.Sent(String answer, Optional<String> receipt, _)
        ? new Result.Sent(
            answer, receipt, Optional.of("the template failed, so the usual text was sent: " + why))
        : result;
  }

  @Override
  public String name() {
    return channel.name();
  }

  @Override
  public String receiver() {
    return channel.receiver();
  }

  @Override
  public boolean tells(Notification.Kind kind) {
    return channel.tells(kind);
  }

  @Override
  public boolean isToldAgain() {
    return channel.isToldAgain();
  }

  @Override
  public boolean keepsIncidents() {
    return channel.keepsIncidents();
  }

  @Override
  public void close() {
    channel.close();
  }
}
