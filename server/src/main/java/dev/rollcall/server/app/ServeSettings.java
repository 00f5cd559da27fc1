package dev.rollcall.server.app;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.target.PoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything a process has to know, read and checked.
///
/// @param roles what this process does
/// @param collector how results of nodes are kept
/// @param targets the target pool
record ServeSettings(
    Set<Role> roles,
    Storage storage,
    Web web,
    Monitoring monitor,
    Heartbeating heartbeats,
    Deliveries deliveries,
    Collecting collector,
    TargetPool targets,
    Logging log) {
  ServeSettings {
    roles = Set.copyOf(roles);
  }

  /// Where things are kept.
  ///
  /// @param data the folder for everything of this process, absolute
  record Storage(Path data, DatabaseLocation database) {}

  /// What is listened on, and what opens the doors that are not open to everybody.
  ///
  /// @param pings a port for heartbeats alone
  /// @param writers who may call in, and send measurements without the token; none: everybody
  /// @param proxied how addresses are told apart
  record Web(
      Listener main,
      Listener health,
      Optional<Listener> pings,
      Optional<Secret> token,
      Blocks writers,
      Proxied proxied,
      boolean accessLog) {
    Web {
      if (main.clashes(health)) {
        throw new IllegalArgumentException(
            "port and health.port are both " + main.port() + ": give one of them another");
      }
    }
  }

  /// How callers are told apart by their addresses.
  ///
  /// @param trusted proxies that are believed who called them
  /// @param requestsOfOne at once of one address that only looks
  record Proxied(Blocks trusted, int requestsOfOne) {}

  /// One listening socket.
  ///
  /// @param host `0.0.0.0` for all addresses, IPv4 and IPv6
  /// @param port 0 for any free one
  /// @param way how the port is set: `ROLLCALL_PORT`
  record Listener(String host, int port, String way) {
    private static final Set<String> ALL = Set.of("0.0.0.0", "::");

    /// Whether the two cannot both be listened on.
    boolean clashes(Listener other) {
      boolean hosts = host.equals(other.host) || ALL.contains(host) || ALL.contains(other.host);
      return hosts && port == other.port && port != 0;
    }
  }

  /// How services are asked where they do not say so themselves.
  ///
  /// @param keepAlive whether connections are kept from one check to the next
  /// @param limits how many checks run at once
  /// @param retention how long each single tick is kept
  /// @param witness what tells that our own network is alive; none: it always counts as alive
  record Monitoring(
      Duration interval,
      Duration timeout,
      boolean keepAlive,
      Limits limits,
      Duration retention,
      List<InetSocketAddress> witness) {
    Monitoring {
      witness = List.copyOf(witness);
    }
  }

  /// How many checks run at once.
  ///
  /// @param perHost of one host and port
  /// @param inFlight of all
  record Limits(int perHost, int inFlight) {}

  /// What is told to the outside.
  ///
  /// @param alertUri what is called for a late heartbeat
  /// @param retention how long deliveries are kept that are done
  record Deliveries(Optional<Secret> alertUri, Duration retention) {}

  /// How heartbeats are taken.
  ///
  /// @param realert how long after one alert the next is owed
  /// @param startupGrace how long jobs may still call in after a start
  /// @param most how many there may be
  /// @param futureTolerance how far ahead their clocks may be
  /// @param durability what an answered one survives
  /// @param key what they have to show
  record Heartbeating(
      Duration realert,
      Duration startupGrace,
      int most,
      Duration futureTolerance,
      Durability durability,
      Optional<Secret> key) {}

  /// How results of nodes are kept.
  ///
  /// @param input where new hops are posted, by a collector alone
  /// @param folder of the results files, absolute
  /// @param mostBytes of one of them
  /// @param mostAge of one of them
  /// @param keep how many of them stay
  /// @param hopMemory how many addresses are remembered
  record Collecting(
      Input input, Path folder, long mostBytes, Duration mostAge, int keep, int hopMemory) {}

  /// A target pool in another process.
  ///
  /// @param token what it asks for
  record Input(URI url, Optional<Secret> token) {}

  /// How the target pool is kept.
  ///
  /// @param optOut a file that names who is not to be measured
  record TargetPool(PoolSettings pool, Optional<Path> optOut) {}

  /// What is logged, and how.
  ///
  /// @param name what this process calls itself there
  record Logging(Level level, Format format, String name) {
    /// How much.
    enum Level {
      ERROR,
      WARN,
      INFO,
      DEBUG
    }

    /// For people or for programs.
    enum Format {
      TEXT,
      JSON
    }
  }
}
