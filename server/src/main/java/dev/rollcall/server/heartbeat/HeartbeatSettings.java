package dev.rollcall.server.heartbeat;

import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.sql.Durability;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of heartbeats.
///
/// @param realert time between two notifications while a heartbeat stays late
/// @param startupGrace how long Rollcall has to be up before a time that passed while it was down
///   counts as missed
/// @param most the largest number of heartbeats
/// @param ofAccount the largest number of those of one account
/// @param futureTolerance how far the clock of a job may be ahead of the server's
/// @param durability what an answered ping survives
/// @param key the key that each ping has to contain
public record HeartbeatSettings(
    Duration realert,
    Duration startupGrace,
    int most,
    int ofAccount,
    Duration futureTolerance,
    Durability durability,
    Optional<Secret> key) {
  private static final Duration DAY = Duration.ofDays(1);

  private static final Setting<Duration> REALERT =
      Setting.of(
          "heartbeat.realert",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "60s",
          "how often an alert is repeated while a heartbeat stays late");
  private static final Setting<Duration> STARTUP_GRACE =
      Setting.of(
          "heartbeat.startup-grace",
          ValueType.duration(Duration.ZERO, DAY),
          "60s",
          "extra time after a start for heartbeats that became due while Rollcall was down");
  private static final Setting<Integer> MOST =
      Setting.of(
          "heartbeat.most",
          ValueType.number(1, 100_000_000),
          "1000000",
          "maximum number of heartbeats; a call that would create one more gets 503");
  private static final Setting<Integer> OF_ACCOUNT =
      Setting.of(
          "accounts.heartbeats",
          ValueType.number(0, 1_000_000),
          "100",
          "heartbeats of one account at most");
  private static final Setting<Duration> FUTURE_TOLERANCE =
      Setting.of(
          "heartbeat.future-tolerance",
          ValueType.duration(Duration.ZERO, DAY),
          "5m",
          "how far in the future the timestamp of a heartbeat may be");
  private static final Setting<Durability> DURABILITY =
      Setting.of(
          "heartbeat.durability",
          ValueType.choice(Durability.class),
          "process",
          "what an acknowledged heartbeat survives: kill -9 (process), or loss of"
              + " power too (power)");
  private static final Setting<Optional<Secret>> KEY =
      Setting.of(
              "heartbeat.key",
              ValueType.optional(ValueType.token()),
              "",
              "key that every heartbeat has to send; without it no key is needed")
          .secret();

  /// The port for heartbeats only. It is not part of this record: who opens ports needs it.
  public static final Setting<Optional<Integer>> PORT =
      Setting.of(
          "ping.port",
          ValueType.optional(ValueType.port()),
          "",
          "another port that answers only heartbeats, such as 4000; 0 means any free port");

  /// The settings of accounts, in the order of the help.
  public static final List<Setting<?>> OF_ACCOUNTS = List.of(OF_ACCOUNT);

  /// All other settings, in the order of the help.
  public static final List<Setting<?>> ALL =
      List.of(REALERT, STARTUP_GRACE, MOST, FUTURE_TOLERANCE, DURABILITY, KEY, PORT);

  /// The settings with these values.
  public static HeartbeatSettings of(Values values) {
    return new HeartbeatSettings(
        values.of(REALERT),
        values.of(STARTUP_GRACE),
        values.of(MOST),
        values.of(OF_ACCOUNT),
        values.of(FUTURE_TOLERANCE),
        values.of(DURABILITY),
        values.of(KEY));
  }
}
