package dev.rollcall.server.app;

import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.cluster.ClusterSettings;
import dev.rollcall.server.collector.CollectorSettings;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.heartbeat.HeartbeatSettings;
import dev.rollcall.server.incident.IncidentSettings;
import dev.rollcall.server.monitor.MonitorSettings;
import dev.rollcall.server.node.NodeSettings;
import dev.rollcall.server.node.registry.RegistrySettings;
import dev.rollcall.server.outbox.DeliverySettings;
import dev.rollcall.server.redis.RedisSettings;
import dev.rollcall.server.secret.SecretSettings;
import dev.rollcall.server.target.PoolSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// The settings of a process, one record for each part.
///
/// @param roles what this process does
/// @param redis Redis in front of the database, if there is one
/// @param node how this process measures, if it does
/// @param nodes what it expects of nodes that report to it
/// @param cluster this process among others on the same PostgreSQL
/// @param secretKey the key of the installation, if it is not in its file
record ServeSettings(
    Set<Role> roles,
    StorageSettings storage,
    Optional<RedisSettings> redis,
    Optional<Secret> secretKey,
    WebSettings web,
    AccountSettings accounts,
    MonitorSettings monitor,
    HeartbeatSettings heartbeats,
    DeliverySettings deliveries,
    IncidentSettings incidents,
    CollectorSettings collector,
    CollectSettings collect,
    PoolSettings targets,
    Optional<NodeSettings> node,
    RegistrySettings nodes,
    ClusterSettings cluster,
    LogSettings log) {
  ServeSettings {
    roles = Set.copyOf(roles);
  }

  /// The settings with these values, which do not contradict each other.
  ///
  /// @param directory where relative paths start
  static ServeSettings of(String command, Values values, Path directory) {
    StorageSettings storage = StorageSettings.of(command, values, directory);
    boolean alone = command.equals(AllSettings.MEASURE);
    boolean measures = alone || values.of(Role.ROLES).contains(Role.MEASURE);
    boolean inData = command.equals(AllSettings.SERVE) && !values.gives(CollectorSettings.FOLDER);
    return new ServeSettings(
        values.of(Role.ROLES),
        storage,
        RedisSettings.of(values),
        SecretSettings.key(values),
        WebSettings.of(command, values),
        AccountSettings.of(values),
        MonitorSettings.of(values),
        HeartbeatSettings.of(values),
        DeliverySettings.of(values),
        IncidentSettings.of(values),
        CollectorSettings.of(values, inData ? storage.data() : directory),
        CollectSettings.of(values),
        PoolSettings.of(values, directory),
        measures
            ? Optional.of(
                NodeSettings.of(
                    values, alone, values.of(WebSettings.TOKEN), directory, storage.data()))
            : Optional.empty(),
        RegistrySettings.of(values),
        ClusterSettings.of(values),
        LogSettings.of(command, values));
  }
}
