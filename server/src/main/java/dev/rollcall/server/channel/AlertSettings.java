package dev.rollcall.server.channel;

import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.message.MessageTemplates;
import dev.rollcall.server.channel.type.AlertUri;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.outbox.AlertRoute;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/// The setting `alert.uri`: a channel of type `alert-uri` that needs no entry under `channels:`.
public final class AlertSettings {
  private static final Setting<Optional<Secret>> ALERT_URI =
      Setting.of(
              "alert.uri",
              ValueType.optional(new ValueType<>("URL", AlertSettings::checked)),
              "",
              "URL that is called when a heartbeat is late or a job reports a failure")
          .secret()
          .atOnce()
          .alias("PING_ALERT_URI", Optional::of);

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(ALERT_URI);

  private AlertSettings() {}

  /// The channel, if the setting is given. Its name is that of its type.
  public static Optional<ChannelDefinition> channel(Values values) {
    return values
        .of(ALERT_URI)
        .map(
            url ->
                new ChannelDefinition(
                    AlertUri.TYPE.name(),
                    AlertUri.TYPE,
                    new AlertUri.Settings(url),
                    AlertRoute.EVERYTHING,
                    MessageTemplates.NONE,
                    JsonNodeFactory.instance.objectNode()));
  }

  private static Secret checked(String text) {
    AlertUri.checked(text);
    return new Secret(text);
  }
}
