package dev.rollcall.server.monitor;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.store.AccountLimits;
import inet.ipaddr.IPAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// The settings of the monitor.
///
/// @param defaults the defaults of services
/// @param perHost how many checks of one host and port may run at once, for each owner
/// @param inFlight how many checks may run at once in total
/// @param retention how long ticks are kept
/// @param witnesses addresses that show whether our own network works; may be empty
/// @param reach what services and channels of accounts may reach although it is not public
/// @param ofAccounts how many services accounts may have
/// @param statuses how long the statuses of its URLs are shown
public record MonitorSettings(
    ServiceReader.Defaults defaults,
    int perHost,
    int inFlight,
    Duration retention,
    List<InetSocketAddress> witnesses,
    Blocks reach,
    AccountLimits ofAccounts,
    Duration statuses) {
  /// Whether a file may remove more than half of the services.
  public static final Setting<Boolean> FEWER_SERVICES =
      Setting.of(
              "fewer-services",
              ValueType.flag(),
              "false",
              "accepts a file in which more than half of the services or heartbeats are"
                  + " missing; otherwise it is rejected, as it may be incomplete")
          .atOnce();

  /// The setting that the help of `serve` shows as its example.
  public static final Setting<Duration> INTERVAL =
      Setting.of(
              "monitor.interval",
              ValueType.duration(Duration.ofMillis(200), Duration.ofDays(366)),
              "15s",
              "time between two checks of a service that has no interval of its own")
          .alias("RUNNER_SCRAPE_INTERVAL_SECONDS", ValueType::seconds)
          .atOnce();

  private static final Setting<Duration> TIMEOUT =
      Setting.of(
              "monitor.timeout",
              ValueType.duration(Duration.ofMillis(10), Duration.ofHours(1)),
              "15s",
              "timeout of a service that has none of its own")
          .alias("RUNNER_HTTP_TIMEOUT_SECONDS", ValueType::seconds)
          .atOnce();
  private static final Setting<Boolean> KEEP_ALIVE =
      Setting.of(
              "monitor.keep-alive",
              ValueType.flag(),
              "false",
              "reuse the connection for the next check")
          .atOnce();
  private static final Setting<Duration> CERTIFICATE_WARNING =
      Setting.of(
          "monitor.certificate-warning",
          ValueType.duration(Duration.ZERO, Duration.ofDays(366)),
          "14d",
          "a certificate that ends within this time opens an incident (0: none does), unless its"
              + " service has a time of its own");
  private static final Setting<Integer> PER_HOST =
      Setting.of(
          "monitor.per-host",
          ValueType.number(1, 100_000),
          "64",
          "checks at once of one host and port, for each owner");
  private static final Setting<Integer> IN_FLIGHT =
      Setting.of(
          "monitor.in-flight",
          ValueType.number(1, 1_000_000),
          "10000",
          "checks at once in total; those of accounts take half of it at most");
  private static final Setting<Duration> RETENTION =
      Setting.of(
          "monitor.retention",
          ValueType.duration(Duration.ofHours(1), Duration.ofDays(36_500)),
          "30d",
          "how long raw ticks are kept");
  private static final Setting<List<InetSocketAddress>> WITNESS =
      Setting.of(
          "monitor.witness",
          ValueType.list(ValueType.hostPort()),
          "",
          "hosts that show whether our own network works; if none answers, results"
              + " are unknown");

  private static final Setting<List<IPAddress>> REACH =
      Setting.of(
          "accounts.reach.allow",
          ValueType.list(ValueType.block()),
          "",
          "networks that services and channels of accounts may reach although they are not public");
  private static final Setting<Integer> OF_ACCOUNT =
      Setting.of(
          "accounts.services",
          ValueType.number(0, 1_000_000),
          "100",
          "services of one account at most");
  private static final Setting<Integer> OF_ALL_ACCOUNTS =
      Setting.of(
          "accounts.services-of-all",
          ValueType.number(0, 10_000_000),
          "20000",
          "services of all accounts and teams together at most; one that would be more gets 503");

  private static final Setting<Duration> STATUSES =
      Setting.of(
          "accounts.statuses",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "2d",
          "how long the statuses of URLs are shown; they are ticks, which monitor.retention keeps");

  /// The settings of accounts, in the order of the help.
  public static final List<Setting<?>> OF_ACCOUNTS =
      List.of(OF_ACCOUNT, OF_ALL_ACCOUNTS, STATUSES, REACH);

  /// All other settings, in the order of the help.
  public static final List<Setting<?>> ALL =
      List.of(
          FEWER_SERVICES,
          INTERVAL,
          TIMEOUT,
          KEEP_ALIVE,
          CERTIFICATE_WARNING,
          PER_HOST,
          IN_FLIGHT,
          RETENTION,
          WITNESS);

  public MonitorSettings {
    witnesses = List.copyOf(witnesses);
  }

  /// The settings with these values.
  public static MonitorSettings of(Values values) {
    return new MonitorSettings(
        defaults(values),
        values.of(PER_HOST),
        values.of(IN_FLIGHT),
        values.of(RETENTION),
        values.of(WITNESS),
        new Blocks(values.of(REACH)),
        new AccountLimits(values.of(OF_ACCOUNT), values.of(OF_ALL_ACCOUNTS)),
        values.of(STATUSES));
  }

  /// How many checks of accounts and teams may run at once, all together: half of all, so that
  /// there is always room for the operator's.
  int inFlightOfAccounts() {
    return Math.ceilDiv(inFlight, 2);
  }

  /// The values of services that set none.
  public static ServiceReader.Defaults defaults(Values values) {
    return new ServiceReader.Defaults(
        values.of(INTERVAL),
        values.of(TIMEOUT),
        values.of(KEEP_ALIVE),
        values.of(CERTIFICATE_WARNING));
  }
}
