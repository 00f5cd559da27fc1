package dev.rollcall.server.app;

import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.outbox.UnknownWords;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Warnings about subjects that name channels which the file does not have, and about routes of
/// channels with names, tags and groups that no service, heartbeat or group has: they may be made
/// by the API.
final class AlertRouteWarning {
  private record Keyed(Subject subject, AlertKeys keys) {
    Keyed(Subject.Type type, String name, AlertKeys keys) {
      this(new Subject(type, 0, Scope.OPERATOR, name), keys);
    }
  }

  private AlertRouteWarning() {}

  /// One line for each warning.
  static List<String> of(Configuration configuration) {
    List<ChannelDefinition> channels = configuration.channels();
    Set<String> names = new HashSet<>();
    channels.forEach(channel -> names.add(channel.name()));
    List<String> lines = new ArrayList<>();
    subjects(configuration)
        .forEach(
            one ->
                one.keys().channels().stream()
                    .filter(channel -> !names.contains(channel))
                    .forEach(channel -> lines.add(unknown(one.subject().name(), channel))));
    channels.forEach(channel -> warning(configuration, channel).ifPresent(lines::add));
    return lines;
  }

  private static Stream<Keyed> subjects(Configuration configuration) {
    return Stream.of(
            configuration.services().stream()
                .map(one -> new Keyed(Subject.Type.SERVICE, one.name(), one.alertKeys())),
            configuration.heartbeats().stream()
                .map(one -> new Keyed(Subject.Type.HEARTBEAT, one.name(), one.keys())),
            configuration.groups().stream()
                .map(one -> new Keyed(Subject.Type.GROUP, one.name(), one.keys())))
        .flatMap(some -> some);
  }

  private static String unknown(String subject, String channel) {
    return subject + ": notify names the channel " + channel + ", which is not in this file";
  }

  private static Optional<String> warning(Configuration configuration, ChannelDefinition channel) {
    UnknownWords unknown = UnknownWords.of(channel.route());
    subjects(configuration).forEach(one -> unknown.see(one.subject(), one.keys()));
    return unknown.hint(" of this file").map(hint -> channel.name() + ": route: " + hint);
  }
}
