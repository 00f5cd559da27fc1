package dev.rollcall.server.app;

import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.channel.AlertSettings;
import dev.rollcall.server.cluster.ClusterSettings;
import dev.rollcall.server.collector.CollectorSettings;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.heartbeat.HeartbeatSettings;
import dev.rollcall.server.incident.IncidentSettings;
import dev.rollcall.server.monitor.MonitorSettings;
import dev.rollcall.server.node.NodeSettings;
import dev.rollcall.server.node.registry.RegistrySettings;
import dev.rollcall.server.outbox.DeliverySettings;
import dev.rollcall.server.redis.RedisSettings;
import dev.rollcall.server.secret.SecretSettings;
import dev.rollcall.server.target.PoolSettings;
import java.util.List;

/// All settings. Each is declared by the code that uses it, in the `...Settings` of its package;
/// here they are put together. Keys, flags, environment variables, help and `docs/settings.md` are
/// derived from them.
final class AllSettings {
  /// The command that runs everything.
  static final String SERVE = "serve";

  /// The command that only runs the collector.
  static final String COLLECT = "collect";

  /// The command that only runs the target pool.
  static final String TARGETS = "targets";

  /// The command that only measures.
  static final String MEASURE = "measure";

  /// All settings, in the order of the documentation.
  static final List<Setting<?>> ALL =
      concat(
          List.of(
              StorageSettings.ALL,
              RedisSettings.ALL,
              List.of(StorageSettings.STANDBY),
              SecretSettings.ALL,
              List.of(
                  WebSettings.HOST,
                  WebSettings.PORT,
                  WebSettings.BASE_PATH,
                  WebSettings.PUBLIC_URL,
                  WebSettings.HEALTH_HOST,
                  WebSettings.HEALTH_PORT,
                  WebSettings.DRAIN,
                  WebSettings.TOKEN),
              WebSettings.CALLERS,
              AccountSettings.ALL,
              MonitorSettings.OF_ACCOUNTS,
              HeartbeatSettings.OF_ACCOUNTS,
              List.of(Role.ROLES),
              MonitorSettings.ALL,
              AlertSettings.ALL,
              DeliverySettings.ALL,
              IncidentSettings.ALL,
              HeartbeatSettings.ALL,
              CollectSettings.ALL,
              TargetsSettings.ALL,
              CollectorSettings.ALL,
              PoolSettings.ALL,
              NodeSettings.ALL,
              RegistrySettings.ALL,
              ClusterSettings.ALL,
              LogSettings.ALL));

  private static final List<Setting<?>> OF_SERVE =
      ALL.stream()
          .filter(
              setting ->
                  !CollectSettings.ALL.contains(setting)
                      && !TargetsSettings.ALL.contains(setting)
                      && !setting.equals(NodeSettings.HEALTH_PORT))
          .toList();

  private static final List<Setting<?>> OF_COLLECT =
      concat(
          List.of(
              List.of(
                  CollectSettings.PORT,
                  CollectSettings.HEALTH_PORT,
                  CollectSettings.INPUT_URL,
                  CollectSettings.INPUT_TOKEN),
              CollectorSettings.ALL,
              List.of(
                  CollectSettings.VERBOSE,
                  WebSettings.HOST,
                  WebSettings.HEALTH_HOST,
                  CollectSettings.TOKEN),
              WebSettings.CALLERS,
              RegistrySettings.ALL,
              LogSettings.ALL));

  private static final List<Setting<?>> OF_TARGETS =
      concat(
          List.of(
              StorageSettings.ALL,
              List.of(
                  WebSettings.HOST,
                  TargetsSettings.PORT,
                  WebSettings.HEALTH_HOST,
                  TargetsSettings.HEALTH_PORT,
                  WebSettings.TOKEN),
              WebSettings.CALLERS,
              PoolSettings.ALL,
              RegistrySettings.ALL,
              LogSettings.ALL));

  private static final List<Setting<?>> OF_MEASURE =
      concat(
          List.of(
              NodeSettings.ALL,
              List.of(StorageSettings.DATA, WebSettings.HOST, WebSettings.HEALTH_HOST),
              LogSettings.ALL));

  private AllSettings() {}

  /// The settings that a command uses and has flags for, in the order of its help. The others may
  /// be in the same file and the same environment.
  static List<Setting<?>> of(String command) {
    return switch (command) {
      case COLLECT -> OF_COLLECT;
      case TARGETS -> OF_TARGETS;
      case MEASURE -> OF_MEASURE;
      default -> OF_SERVE;
    };
  }

  /// What the help of a command says about a setting.
  static String help(String command, Setting<?> setting) {
    return setting.equals(StorageSettings.DATABASE)
        ? StorageSettings.help(command)
        : setting.help();
  }

  private static List<Setting<?>> concat(List<List<Setting<?>>> lists) {
    return lists.stream().<Setting<?>>flatMap(List::stream).toList();
  }
}
