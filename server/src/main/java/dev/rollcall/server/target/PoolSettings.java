package dev.rollcall.server.target;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import inet.ipaddr.IPAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of the pool.
///
/// @param most the largest number of targets in total
/// @param perNetwork the largest number of targets in one /24 or /48
/// @param interval the shortest time between two measurements of a target
/// @param lease how long a node may take for the targets it got
/// @param allowed special blocks that may be in the pool
/// @param denied blocks that may not be in the pool
/// @param optOut a file of addresses and blocks that must not be measured; absolute
public record PoolSettings(
    int most,
    int perNetwork,
    Duration interval,
    Duration lease,
    Blocks allowed,
    Blocks denied,
    Optional<Path> optOut) {
  private static final Setting<Integer> MOST =
      Setting.of(
          "targets.most", ValueType.number(1, 100_000_000), "1000000", "maximum number of targets");
  private static final Setting<Integer> PER_NETWORK =
      Setting.of(
          "targets.per-network",
          ValueType.number(1, 1_000_000),
          "256",
          "maximum number of targets in one /24 of IPv4, and in one /48 of IPv6");
  private static final Setting<Duration> INTERVAL =
      Setting.of(
          "targets.interval",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "5m",
          "minimum time between two measurements of a target");
  private static final Setting<Duration> LEASE =
      Setting.of(
          "targets.lease",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          "5m",
          "time that a node has for its targets before other nodes get them");
  private static final Setting<List<IPAddress>> ALLOW =
      Setting.of(
          "targets.allow",
          ValueType.list(ValueType.block()),
          "",
          "blocks that may be targets even if they are private, loopback or reserved");
  private static final Setting<List<IPAddress>> DENY =
      Setting.of(
          "targets.deny", ValueType.list(ValueType.block()), "", "blocks that must not be targets");
  private static final Setting<Optional<Path>> OPT_OUT =
      Setting.of(
          "targets.opt-out",
          ValueType.optional(ValueType.path()),
          "",
          "file of addresses and blocks that must not be measured; read again when"
              + " it changes");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL =
      List.of(MOST, PER_NETWORK, INTERVAL, LEASE, ALLOW, DENY, OPT_OUT);

  /// The settings with these values.
  ///
  /// @param directory where a relative path starts
  public static PoolSettings of(Values values, Path directory) {
    return new PoolSettings(
        values.of(MOST),
        values.of(PER_NETWORK),
        values.of(INTERVAL),
        values.of(LEASE),
        new Blocks(values.of(ALLOW)),
        new Blocks(values.of(DENY)),
        values.of(OPT_OUT).map(list -> directory.resolve(list).toAbsolutePath()));
  }
}
