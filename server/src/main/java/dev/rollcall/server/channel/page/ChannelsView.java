package dev.rollcall.server.channel.page;

import dev.rollcall.server.channel.list.ChannelList;
import dev.rollcall.server.outbox.DeliveryRow;
import dev.rollcall.server.outbox.DeliveryState;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// What the page of channels shows.
///
/// @param changes whether who looks at it may change them
/// @param preview what one of them would send
record ChannelsView(
    Whose whose, List<Row> rows, boolean changes, Optional<Preview> preview, Instant at) {
  /// What the channel of that name would send.
  record Preview(String name, ChannelList.Preview of) {}

  /// A channel, and the newest message for it.
  record Row(ChannelList.Listed channel, Optional<DeliveryRow> latest) {
    /// The CSS class for the colour and the mark.
    String tone() {
      return latest.map(delivery -> tone(delivery.state())).orElse("new");
    }

    private static String tone(DeliveryState state) {
      return switch (state) {
        case PENDING -> "unknown";
        case DELIVERED -> "up";
        case FAILED -> "down";
        case WITHDRAWN -> "new";
      };
    }

    /// What became of the newest message.
    String state(Texts texts) {
      return latest.map(delivery -> delivery.state().word()).orElse(texts.of("channels.unused"));
    }

    /// What went wrong with it, if anything did: of one that was delivered, at an attempt before.
    Optional<String> trouble(Texts texts) {
      return latest.flatMap(
          delivery ->
              delivery
                  .lastError()
                  .map(
                      error ->
                          delivery.state() == DeliveryState.DELIVERED
                              ? texts.of("channels.tried", error)
                              : error));
    }

    /// `what has a tag of: prod; only critical; what is still open after 15m`.
    String route(Texts texts) {
      Map<String, String> route = channel.route();
      StringJoiner words = new StringJoiner("; ");
      Optional.ofNullable(route.get("tags"))
          .ifPresent(value -> words.add(texts.of("channels.route.tags", value)));
      Optional.ofNullable(route.get("groups"))
          .ifPresent(value -> words.add(texts.of("channels.route.groups", value)));
      Optional.ofNullable(route.get("names"))
          .ifPresent(value -> words.add(texts.of("channels.route.names", value)));
      Optional.ofNullable(route.get("severity"))
          .ifPresent(value -> words.add(texts.of("channels.route.severity", value)));
      Optional.ofNullable(route.get("kinds"))
          .ifPresent(value -> words.add(texts.of("channels.route.kinds", value)));
      Optional.ofNullable(route.get("after"))
          .ifPresent(value -> words.add(texts.of("channels.route.after", value)));
      Optional.ofNullable(route.get("hours"))
          .ifPresent(
              value ->
                  words.add(
                      texts.of("channels.route.hours", value, route.getOrDefault("tz", "UTC"))));
      Optional.ofNullable(route.get("remind"))
          .ifPresent(value -> words.add(texts.of("channels.route.remind", value)));
      if ("false".equals(route.get("resolved"))) {
        words.add(texts.of("channels.route.unresolved"));
      }
      if (words.length() == 0) {
        words.add(texts.of("channels.route.all"));
      }
      if ("true".equals(route.get("absences"))) {
        words.add(texts.of("channels.route.absences"));
      }
      return words.toString();
    }
  }

  /// Copies the list.
  ChannelsView {
    rows = List.copyOf(rows);
  }
}
