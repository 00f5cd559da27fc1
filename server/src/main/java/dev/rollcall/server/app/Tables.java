package dev.rollcall.server.app;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.channel.Channels;
import dev.rollcall.server.group.Groups;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.network.NetworkWatch;
import dev.rollcall.server.node.registry.Nodes;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.redis.RedisSettings;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.target.Pool;
import java.util.List;
import java.util.stream.Stream;

/// The tables of all capabilities, which share one database. Every command creates all of them, so
/// that a database can be used by all commands.
final class Tables {
  /// Reads the tables of services and heartbeats, and writes those of incidents: so it belongs to
  /// none of these capabilities.
  private static final String OPEN_INCIDENTS = "db/migration/V30__open_incidents.sql";

  /// Those of package `cluster`, which is not loaded where a process has its database to itself.
  private static final List<String> CLUSTER = List.of("db/postgres/V56__cluster.sql");

  /// Which programs may work on the tables.
  private static final String NEEDS = "db/migration/V57__schema_needs.sql";

  private Tables() {}

  /// How to open the database at `location`.
  static DatabaseConfig in(DatabaseLocation location) {
    return DatabaseConfig.of(
        location,
        Stream.of(
                Monitor.MIGRATIONS,
                Signals.MIGRATIONS,
                Outbox.MIGRATIONS,
                Heartbeats.MIGRATIONS,
                Pool.MIGRATIONS,
                Channels.MIGRATIONS,
                Accounts.MIGRATIONS,
                Incidents.MIGRATIONS,
                Groups.MIGRATIONS,
                Nodes.MIGRATIONS,
                NetworkWatch.MIGRATIONS,
                RedisSettings.MIGRATIONS,
                Database.MIGRATIONS,
                List.of(OPEN_INCIDENTS, NEEDS),
                CLUSTER)
            .flatMap(List::stream)
            .toArray(String[]::new));
  }
}
