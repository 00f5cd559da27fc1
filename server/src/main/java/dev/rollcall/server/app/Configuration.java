package dev.rollcall.server.app;

import dev.rollcall.server.account.sso.SsoSettings;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Sources;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.group.GroupDefinition;
import dev.rollcall.server.group.GroupReader;
import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.definition.HeartbeatReader;
import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.incident.maintenance.MaintenanceReader;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.node.NodeSettings;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Dependencies;
import dev.rollcall.server.target.PoolSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The settings and the definitions, read together and without mistakes.
///
/// @param file the name of the configuration file in messages
/// @param blank why the configuration file contains nothing, if it contains nothing: `is empty`
/// @param values the values of which `settings` is made
record Configuration(
    String file,
    Optional<String> blank,
    ServeSettings settings,
    Values values,
    List<ServiceDefinition> services,
    List<HeartbeatDefinition> heartbeats,
    List<GroupDefinition> groups,
    List<ChannelDefinition> channels,
    List<Maintenance> maintenance,
    SsoSettings sso) {
  private static final String HEARTBEATS = "heartbeats";
  private static final String GROUPS = "groups";

  /// The section of spans in which nobody is told.
  private static final String MAINTENANCE = "maintenance";

  /// The variable for `--config`.
  static final String FILE_VARIABLE = "ROLLCALL_CONFIG";

  /// Variables that look like settings but are none; the second is for the script that starts Java.
  private static final List<String> OTHER_VARIABLES = List.of(FILE_VARIABLE, "ROLLCALL_JAVA_OPTS");

  Configuration {
    services = List.copyOf(services);
    heartbeats = List.copyOf(heartbeats);
    groups = List.copyOf(groups);
    channels = List.copyOf(channels);
    maintenance = List.copyOf(maintenance);
  }

  /// The same without the services and heartbeats, which may be many.
  Configuration withoutSubjects() {
    return new Configuration(
        file, blank, settings, values, List.of(), List.of(), groups, channels, maintenance, sso);
  }

  /// The sections of the file, besides services and heartbeats, that differ from those of another.
  List<String> differingSections(Configuration other) {
    return Stream.of(
            groups.equals(other.groups) ? "" : GROUPS,
            channels.equals(other.channels) ? "" : FileChannels.PATH,
            maintenance.equals(other.maintenance) ? "" : MAINTENANCE,
            sso.providers().equals(other.sso.providers()) ? "" : FileProviders.PATH)
        .filter(section -> !section.isEmpty())
        .toList();
  }

  /// Where a configuration comes from. Reading it again sees what changed in the files.
  ///
  /// @param command the command that was given
  /// @param flags texts by flag: `--port`
  /// @param environment the environment of the process
  record Origin(
      String command,
      Map<String, String> flags,
      Map<String, String> environment,
      ConfigFiles files,
      FileServices fileServices) {
    /// The origin of the configuration of `serve`.
    Origin(
        Map<String, String> flags,
        Map<String, String> environment,
        ConfigFiles files,
        FileServices fileServices) {
      this(AllSettings.SERVE, flags, environment, files, fileServices);
    }

    /// Reads the configuration; empty if there are mistakes, which are added to `mistakes`.
    Optional<Configuration> read(Mistakes mistakes) {
      return read(mistakes, _ -> {});
    }

    /// Reads the configuration; empty if there are mistakes, which are added to `mistakes`.
    ///
    /// @param named receives the files in references of the configuration file, with or without
    ///   mistakes
    Optional<Configuration> read(Mistakes mistakes, Consumer<Set<Path>> named) {
      Sources sources = Sources.read(Flags.names(command), flags, environment, files, mistakes);
      named.accept(sources.named());
      boolean node = command.equals(AllSettings.MEASURE);
      Values values =
          sources.resolve(AllSettings.ALL, OTHER_VARIABLES, node ? NodeSettings.SECTION : "");
      new Dependencies()
          .with(sources.section(FileServices.PATH), FileServices.PATH)
          .with(sources.section(HEARTBEATS), HEARTBEATS)
          .withGroups(sources.section(GROUPS), GROUPS)
          .check(sources.inFile());
      List<ServiceDefinition> services =
          fileServices.read(values, sources.section(FileServices.PATH), sources.inFile());
      List<HeartbeatDefinition> heartbeats =
          HeartbeatReader.list(sources.section(HEARTBEATS), HEARTBEATS, sources.inFile());
      List<GroupDefinition> groups =
          GroupReader.list(sources.section(GROUPS), GROUPS, sources.inFile());
      List<ChannelDefinition> channels =
          FileChannels.read(values, sources.section(FileChannels.PATH), sources.inFile());
      List<Maintenance> maintenance =
          MaintenanceReader.list(
              sources.section(MAINTENANCE), MAINTENANCE, Scope.OPERATOR, sources.inFile());
      SsoSettings sso =
          FileProviders.read(values, sources.section(FileProviders.PATH), sources.inFile());
      StorageSettings.contradictions(command, values, files.directory(), mistakes);
      WebSettings.contradictions(command, values, mistakes);
      Measure.contradictions(command, values, mistakes);
      if (fileServices == FileServices.STRICT) {
        Targets.check(PoolSettings.of(values, files.directory()), mistakes);
      }
      if (!mistakes.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new Configuration(
              files.label(),
              sources.blank(),
              ServeSettings.of(command, values, files.directory()),
              values,
              services,
              heartbeats,
              groups,
              channels,
              maintenance,
              sso));
    }
  }
}
