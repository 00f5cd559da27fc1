package dev.rollcall.server.app;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.app.ServeSettings.Collecting;
import dev.rollcall.server.app.ServeSettings.Deliveries;
import dev.rollcall.server.app.ServeSettings.Heartbeating;
import dev.rollcall.server.app.ServeSettings.Input;
import dev.rollcall.server.app.ServeSettings.Limits;
import dev.rollcall.server.app.ServeSettings.Listener;
import dev.rollcall.server.app.ServeSettings.Logging;
import dev.rollcall.server.app.ServeSettings.Monitoring;
import dev.rollcall.server.app.ServeSettings.Proxied;
import dev.rollcall.server.app.ServeSettings.Storage;
import dev.rollcall.server.app.ServeSettings.TargetPool;
import dev.rollcall.server.app.ServeSettings.Web;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.outbox.AlertUri;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.target.PoolSettings;
import inet.ipaddr.IPAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Every setting there is. File keys, flags, environment variables, help and `docs/settings.md` all
/// follow from these lines.
final class AllSettings {
  private static final Duration DAY = Duration.ofDays(1);
  private static final long MEBIBYTE = 1024 * 1024;

  static final Setting<Path> DATA =
      Setting.of("data", ValueType.path(), "./rollcall-data", "folder for everything that is kept");
  static final Setting<Optional<Secret>> DATABASE =
      Setting.of(
              "database",
              ValueType.optional(database()),
              "",
              "SQLite file, or postgresql:// URL; without it rollcall.db in the data folder, and"
                  + " targets.db for the command targets")
          .secret()
          .alias("DB_FILE", Optional::of);
  static final Setting<Integer> PORT =
      Setting.of(
              "port", ValueType.port(), "8080", "port of the API and the pages; 0 is any free one")
          .alias("API_PORT", Optional::of);
  static final Setting<String> HOST =
      Setting.of(
              "host",
              ValueType.host(),
              "0.0.0.0",
              "address to listen on; 0.0.0.0 is all, IPv6 included")
          .alias("API_DOMAIN", AllSettings::listeningHost);
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "health.port",
          ValueType.port(),
          "8091",
          "port of /health, /ready and /metrics; 0 is any free");
  static final Setting<Optional<String>> HEALTH_HOST =
      Setting.of(
          "health.host",
          ValueType.optional(ValueType.host()),
          "",
          "address the health port listens on; without it that of host");
  static final Setting<Optional<Secret>> TOKEN =
      Setting.of(
              "token",
              ValueType.optional(token()),
              "",
              "token that management and whoever sends measurements have to show; without it only"
                  + " this machine may manage, and anybody may send")
          .secret();
  static final Setting<List<IPAddress>> WRITERS =
      Setting.of(
          "writers",
          ValueType.list(block()),
          "",
          "networks from which jobs may call in, and measurements may be sent without a token;"
              + " without any: all");
  static final Setting<List<IPAddress>> TRUSTED_PROXIES =
      Setting.of(
          "trusted-proxies",
          ValueType.list(block()),
          "",
          "networks of proxies that are believed whom X-Forwarded-For names, for limits of one"
              + " address, for writers and in the log; without any: the connection's address"
              + " counts");
  static final Setting<Integer> REQUESTS_OF_ONE =
      Setting.of(
          "requests-per-address",
          ValueType.number(1, 1024),
          "256",
          "requests at once of one address that only looks, on each port; more are answered with"
              + " 503");
  static final Setting<Set<Role>> ROLES =
      Setting.of(
          "roles", roles(), "runner,api", "what this process does: ask services, answer over HTTP");
  static final Setting<Boolean> FEWER_SERVICES =
      Setting.of(
          "fewer-services",
          ValueType.flag(),
          "false",
          "takes a file in which most services of before are gone; otherwise it is refused, as it"
              + " may be cut short");
  static final Setting<Duration> INTERVAL =
      Setting.of(
              "monitor.interval",
              ValueType.duration(Duration.ofMillis(200), Duration.ofDays(366)),
              "15s",
              "how often a service is asked that does not say so itself")
          .alias("RUNNER_SCRAPE_INTERVAL_SECONDS", AllSettings::seconds);
  static final Setting<Duration> TIMEOUT =
      Setting.of(
              "monitor.timeout",
              ValueType.duration(Duration.ofMillis(10), Duration.ofHours(1)),
              "15s",
              "how long a service may take that does not say so itself")
          .alias("RUNNER_HTTP_TIMEOUT_SECONDS", AllSettings::seconds);
  static final Setting<Boolean> KEEP_ALIVE =
      Setting.of(
          "monitor.keep-alive",
          ValueType.flag(),
          "false",
          "keep connections from one check to the next");
  static final Setting<Integer> PER_HOST =
      Setting.of(
          "monitor.per-host",
          ValueType.number(1, 100_000),
          "64",
          "checks at once of one host and port");
  static final Setting<Integer> IN_FLIGHT =
      Setting.of(
          "monitor.in-flight", ValueType.number(1, 1_000_000), "10000", "checks at once in all");
  static final Setting<Duration> RETENTION =
      Setting.of(
          "monitor.retention",
          ValueType.duration(Duration.ofHours(1), Duration.ofDays(36_500)),
          "30d",
          "how long each single tick is kept");
  static final Setting<List<InetSocketAddress>> WITNESS =
      Setting.of(
          "monitor.witness",
          ValueType.list(ValueType.hostPort()),
          "",
          "hosts that tell whether our own network is alive");
  static final Setting<Optional<Secret>> ALERT_URI =
      Setting.of(
              "alert.uri",
              ValueType.optional(alertUri()),
              "",
              "URL that is called with name and last_ping for a late heartbeat")
          .secret()
          .alias("PING_ALERT_URI", Optional::of);
  static final Setting<Duration> DELIVERIES_RETENTION =
      Setting.of(
          "deliveries.retention",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "7d",
          "how long it is kept what was told to whom");
  static final Setting<Duration> REALERT =
      Setting.of(
          "heartbeat.realert",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "60s",
          "how often it is told again that a job is silent");
  static final Setting<Duration> STARTUP_GRACE =
      Setting.of(
          "heartbeat.startup-grace",
          ValueType.duration(Duration.ZERO, DAY),
          "60s",
          "how long jobs may still call in after a start that were due while Rollcall was down");
  static final Setting<Integer> MOST_HEARTBEATS =
      Setting.of(
          "heartbeat.most",
          ValueType.number(1, 100_000_000),
          "1000000",
          "how many heartbeats there may be: a call that would make one more is answered with 503");
  static final Setting<Duration> FUTURE_TOLERANCE =
      Setting.of(
          "heartbeat.future-tolerance",
          ValueType.duration(Duration.ZERO, DAY),
          "5m",
          "how far ahead the timestamp of a heartbeat may be");
  static final Setting<Durability> PING_DURABILITY =
      Setting.of(
          "heartbeat.durability",
          ValueType.choice(Durability.class),
          "process",
          "what an answered heartbeat survives: kill -9 (process), or loss of power too (power)");
  static final Setting<Optional<Secret>> PING_KEY =
      Setting.of(
              "heartbeat.key",
              ValueType.optional(token()),
              "",
              "key that every heartbeat has to show; without it anybody may call in")
          .secret();
  static final Setting<Optional<Integer>> PING_PORT =
      Setting.of(
          "ping.port",
          ValueType.optional(ValueType.port()),
          "",
          "a port of its own for heartbeats alone, such as 4000; 0 is any free one");
  static final Setting<Logging.Level> LOG_LEVEL =
      Setting.of("log.level", ValueType.choice(Logging.Level.class), "info", "how much is logged")
          .alias("DEBUG", debug -> truth(debug) ? Optional.of("debug") : Optional.empty());
  static final Setting<Logging.Format> LOG_FORMAT =
      Setting.of("log.format", ValueType.choice(Logging.Format.class), "text", "how log lines look")
          .alias("ENV", env -> env.equals("production") ? Optional.of("json") : Optional.empty());
  static final Setting<Boolean> LOG_ACCESS =
      Setting.of("log.access", ValueType.flag(), "false", "log every request");
  static final Setting<String> NAME =
      Setting.of("name", name(), "rollcall", "what this process calls itself in JSON logs")
          .alias("SERVICE_NAME", Optional::of);

  static final Setting<Integer> COLLECT_PORT =
      Setting.of(
          "collect.port", ValueType.port(), "8081", "port that takes results; 0 is any free one");
  static final Setting<Integer> COLLECT_HEALTH_PORT =
      Setting.of(
          "collect.health-port",
          ValueType.port(),
          "8091",
          "port of /health, /ready, /metrics, /stats and /recent; 0 is any free one");
  static final Setting<URI> COLLECT_INPUT_URL =
      Setting.of(
          "collect.input-url", url(), "http://localhost:8080/hops", "where new hops are posted");
  static final Setting<Optional<Secret>> COLLECT_INPUT_TOKEN =
      Setting.of(
              "collect.input-token",
              ValueType.optional(token()),
              "",
              "token to show where new hops are posted")
          .secret();
  static final Setting<Path> COLLECT_FOLDER =
      Setting.of(
          "collect.db-dir",
          ValueType.path(),
          "./output_data",
          "folder of the results files; serve has it in its data folder unless it is given");
  static final Setting<Integer> COLLECT_MAX_SIZE =
      Setting.of(
          "collect.max-size-mb",
          ValueType.number(1, 1_000_000),
          "100",
          "size in MiB at which another results file is begun");
  static final Setting<Integer> COLLECT_ROTATION =
      Setting.of(
          "collect.rotation-days",
          ValueType.number(1, 36_500),
          "7",
          "age in days at which another results file is begun");
  static final Setting<Integer> COLLECT_KEEP =
      Setting.of(
          "collect.keep-files",
          ValueType.number(1, 10_000),
          "5",
          "how many results files stay, the current one included");
  static final Setting<Integer> COLLECT_HOP_MEMORY =
      Setting.of(
          "collect.hop-memory",
          ValueType.number(1, 20_000_000),
          "1000000",
          "how many addresses of hops are remembered; the least recently seen goes first");
  static final Setting<Boolean> COLLECT_VERBOSE =
      Setting.of("collect.verbose", ValueType.flag(), "false", "log for debugging");
  static final Setting<Optional<Secret>> COLLECT_TOKEN =
      Setting.of(
              "collect.token",
              ValueType.optional(token()),
              "",
              "token that a collector alone asks every sender and remote operator for; without it"
                  + " that of token")
          .secret();

  static final Setting<Integer> TARGETS_PORT =
      Setting.of(
          "targets.port", ValueType.port(), "8080", "port of the target pool; 0 is any free one");
  static final Setting<Integer> TARGETS_HEALTH_PORT =
      Setting.of(
          "targets.health.port",
          ValueType.port(),
          "8090",
          "port of the target pool's /health, /ready and /metrics; 0 is any free");
  static final Setting<Integer> TARGETS_MOST =
      Setting.of("targets.most", ValueType.number(1, 100_000_000), "1000000", "targets in all");
  static final Setting<Integer> TARGETS_PER_NETWORK =
      Setting.of(
          "targets.per-network",
          ValueType.number(1, 1_000_000),
          "256",
          "targets of one /24 of IPv4, and of one /48 of IPv6");
  static final Setting<Duration> TARGETS_INTERVAL =
      Setting.of(
          "targets.interval",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "5m",
          "the least time from one measurement of a target to the next");
  static final Setting<Duration> TARGETS_LEASE =
      Setting.of(
          "targets.lease",
          ValueType.duration(Duration.ofSeconds(1), DAY),
          "5m",
          "how long a node has for what it was handed, before others get it");
  static final Setting<List<IPAddress>> TARGETS_ALLOW =
      Setting.of(
          "targets.allow",
          ValueType.list(block()),
          "",
          "blocks that may be targets although private, loopback or reserved");
  static final Setting<List<IPAddress>> TARGETS_DENY =
      Setting.of("targets.deny", ValueType.list(block()), "", "blocks that may not be targets");
  static final Setting<Optional<Path>> TARGETS_OPT_OUT =
      Setting.of(
          "targets.opt-out",
          ValueType.optional(ValueType.path()),
          "",
          "file of addresses and blocks that asked not to be measured; read again when it changes");

  /// What a changed file changes at once: services are made of these, or they are asked for anew.
  /// All others hold until the next start.
  static final Set<Setting<?>> AT_ONCE =
      Set.of(FEWER_SERVICES, INTERVAL, TIMEOUT, KEEP_ALIVE, LOG_LEVEL);

  /// The command that everything is about that is not said to be about another.
  static final String SERVE = "serve";

  /// The command that collects results alone.
  static final String COLLECT = "collect";

  /// The command that keeps the target pool alone.
  static final String TARGETS = "targets";

  /// What `serve` has no use for, since everything answers on its own ports and is in one process.
  private static final List<Setting<?>> OTHERS =
      List.of(
          COLLECT_PORT,
          COLLECT_HEALTH_PORT,
          COLLECT_INPUT_URL,
          COLLECT_INPUT_TOKEN,
          COLLECT_TOKEN,
          COLLECT_VERBOSE,
          TARGETS_PORT,
          TARGETS_HEALTH_PORT);

  private static final List<Setting<?>> RESULTS =
      List.of(COLLECT_FOLDER, COLLECT_MAX_SIZE, COLLECT_ROTATION, COLLECT_KEEP, COLLECT_HOP_MEMORY);

  private static final List<Setting<?>> POOL =
      List.of(
          TARGETS_MOST,
          TARGETS_PER_NETWORK,
          TARGETS_INTERVAL,
          TARGETS_LEASE,
          TARGETS_ALLOW,
          TARGETS_DENY,
          TARGETS_OPT_OUT);

  /// All of them, in the order in which help shows them.
  static final List<Setting<?>> ALL =
      together(
          List.of(
              List.of(
                  DATA,
                  DATABASE,
                  HOST,
                  PORT,
                  HEALTH_HOST,
                  HEALTH_PORT,
                  TOKEN,
                  WRITERS,
                  TRUSTED_PROXIES,
                  REQUESTS_OF_ONE,
                  ROLES,
                  FEWER_SERVICES,
                  INTERVAL,
                  TIMEOUT,
                  KEEP_ALIVE,
                  PER_HOST,
                  IN_FLIGHT,
                  RETENTION,
                  WITNESS,
                  ALERT_URI,
                  DELIVERIES_RETENTION,
                  REALERT,
                  STARTUP_GRACE,
                  MOST_HEARTBEATS,
                  FUTURE_TOLERANCE,
                  PING_DURABILITY,
                  PING_KEY,
                  PING_PORT),
              OTHERS,
              RESULTS,
              POOL,
              List.of(LOG_LEVEL, LOG_FORMAT, LOG_ACCESS, NAME)));

  private static List<Setting<?>> together(List<List<Setting<?>>> lists) {
    return lists.stream().<Setting<?>>flatMap(List::stream).toList();
  }

  /// Those that a command heeds, and has flags for. The others may stand in the same file and the
  /// same environment.
  static List<Setting<?>> of(String command) {
    return switch (command) {
      case COLLECT ->
          together(
              List.of(
                  List.of(
                      COLLECT_PORT, COLLECT_HEALTH_PORT, COLLECT_INPUT_URL, COLLECT_INPUT_TOKEN),
                  RESULTS,
                  List.of(
                      COLLECT_VERBOSE,
                      HOST,
                      HEALTH_HOST,
                      COLLECT_TOKEN,
                      WRITERS,
                      TRUSTED_PROXIES,
                      REQUESTS_OF_ONE),
                  List.of(LOG_LEVEL, LOG_FORMAT, LOG_ACCESS, NAME)));
      case TARGETS ->
          together(
              List.of(
                  List.of(
                      DATA,
                      DATABASE,
                      HOST,
                      TARGETS_PORT,
                      HEALTH_HOST,
                      TARGETS_HEALTH_PORT,
                      TOKEN,
                      WRITERS,
                      TRUSTED_PROXIES,
                      REQUESTS_OF_ONE),
                  POOL,
                  List.of(LOG_LEVEL, LOG_FORMAT, LOG_ACCESS, NAME)));
      default -> ALL.stream().filter(setting -> !OTHERS.contains(setting)).toList();
    };
  }

  /// The port on which a command answers.
  static Setting<Integer> port(String command) {
    return switch (command) {
      case COLLECT -> COLLECT_PORT;
      case TARGETS -> TARGETS_PORT;
      default -> PORT;
    };
  }

  /// The port on which a command tells of its health.
  static Setting<Integer> healthPort(String command) {
    return switch (command) {
      case COLLECT -> COLLECT_HEALTH_PORT;
      case TARGETS -> TARGETS_HEALTH_PORT;
      default -> HEALTH_PORT;
    };
  }

  private AllSettings() {}

  /// What a setting does, as the help of a command says it.
  static String help(String command, Setting<?> setting) {
    return setting.equals(DATABASE)
        ? "SQLite file, or postgresql:// URL; without it " + file(command) + " in the data folder"
        : setting.help();
  }

  private static String file(String command) {
    return command.equals(TARGETS) ? "targets.db" : "rollcall.db";
  }

  /// Adds what contradicts each other of values that are right by themselves.
  static void contradictions(String command, Values values, Mistakes mistakes) {
    Setting<Integer> port = port(command);
    Setting<Integer> healthPort = healthPort(command);
    Listener main = main(command, values);
    Listener health = health(command, values);
    Optional<Listener> pings = pings(command, values);
    if (pings.isPresent() && (pings.get().clashes(main) || pings.get().clashes(health))) {
      Setting<Integer> other = pings.get().clashes(main) ? port : healthPort;
      values.misfit(
          PING_PORT, "is that of " + other.key() + " too: give one of them another", mistakes);
    }
    if (main.clashes(health)) {
      Setting<Integer> wrong = values.gives(healthPort) ? healthPort : port;
      Setting<Integer> other = values.gives(healthPort) ? port : healthPort;
      values.misfit(
          wrong, "is that of " + other.key() + " too: give one of them another", mistakes);
    }
  }

  /// The settings as records, of values that do not contradict each other.
  ///
  /// @param directory where relative paths start
  static ServeSettings settings(String command, Values values, Path directory) {
    Path data = directory.resolve(values.of(DATA)).normalize().toAbsolutePath();
    Path file = data.resolve(file(command));
    return new ServeSettings(
        values.of(ROLES),
        new Storage(data, store(values.of(DATABASE), file, directory)),
        new Web(
            main(command, values),
            health(command, values),
            pings(command, values),
            token(command, values),
            new Blocks(values.of(WRITERS)),
            new Proxied(new Blocks(values.of(TRUSTED_PROXIES)), values.of(REQUESTS_OF_ONE)),
            values.of(LOG_ACCESS)),
        new Monitoring(
            values.of(INTERVAL),
            values.of(TIMEOUT),
            values.of(KEEP_ALIVE),
            new Limits(values.of(PER_HOST), values.of(IN_FLIGHT)),
            values.of(RETENTION),
            values.of(WITNESS)),
        new Heartbeating(
            values.of(REALERT),
            values.of(STARTUP_GRACE),
            values.of(MOST_HEARTBEATS),
            values.of(FUTURE_TOLERANCE),
            values.of(PING_DURABILITY),
            values.of(PING_KEY)),
        new Deliveries(values.of(ALERT_URI), values.of(DELIVERIES_RETENTION)),
        new Collecting(
            new Input(values.of(COLLECT_INPUT_URL), values.of(COLLECT_INPUT_TOKEN)),
            results(command, values, data, directory),
            values.of(COLLECT_MAX_SIZE) * MEBIBYTE,
            Duration.ofDays(values.of(COLLECT_ROTATION)),
            values.of(COLLECT_KEEP),
            values.of(COLLECT_HOP_MEMORY)),
        new TargetPool(
            new PoolSettings(
                values.of(TARGETS_MOST),
                values.of(TARGETS_PER_NETWORK),
                values.of(TARGETS_INTERVAL),
                values.of(TARGETS_LEASE),
                new Blocks(values.of(TARGETS_ALLOW)),
                new Blocks(values.of(TARGETS_DENY))),
            values.of(TARGETS_OPT_OUT).map(list -> directory.resolve(list).toAbsolutePath())),
        new Logging(level(command, values), values.of(LOG_FORMAT), values.of(NAME)));
  }

  /// Where results are kept: `serve` has them with everything else where nobody says otherwise.
  private static Path results(String command, Values values, Path data, Path directory) {
    Path within = command.equals(SERVE) && !values.gives(COLLECT_FOLDER) ? data : directory;
    return within.resolve(values.of(COLLECT_FOLDER)).normalize().toAbsolutePath();
  }

  private static Optional<Secret> token(String command, Values values) {
    return command.equals(COLLECT)
        ? values.of(COLLECT_TOKEN).or(() -> values.of(TOKEN))
        : values.of(TOKEN);
  }

  private static Logging.Level level(String command, Values values) {
    return command.equals(COLLECT) && values.of(COLLECT_VERBOSE)
        ? Logging.Level.DEBUG
        : values.of(LOG_LEVEL);
  }

  private static Listener main(String command, Values values) {
    return new Listener(
        values.of(HOST), values.of(port(command)), values.way(port(command), command));
  }

  private static Optional<Listener> pings(String command, Values values) {
    return command.equals(SERVE)
        ? values
            .of(PING_PORT)
            .map(port -> new Listener(values.of(HOST), port, values.way(PING_PORT, command)))
        : Optional.empty();
  }

  private static Listener health(String command, Values values) {
    return new Listener(
        values.of(HEALTH_HOST).orElse(values.of(HOST)),
        values.of(healthPort(command)),
        values.way(healthPort(command), command));
  }

  private static ValueType<IPAddress> block() {
    // Not as a reference to the method: that would load a library with every start.
    return new ValueType<>("CIDR", text -> Addresses.block(text));
  }

  private static DatabaseLocation store(Optional<Secret> given, Path file, Path directory) {
    return given
        .map(text -> DatabaseLocation.parse(text.reveal(), directory))
        .orElseGet(() -> new DatabaseLocation.SqliteFile(file));
  }

  /// Checked here, and read in [#store], which knows the folders. The whole text may be a secret,
  /// as there may be a password in it.
  private static ValueType<Secret> database() {
    return new ValueType<>(
        "FILE|URL",
        text -> {
          try {
            DatabaseLocation.parse(text, Path.of(""));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "is no database known here: give the path of a SQLite file or a URL as in"
                    + " postgresql://user:password@host/database",
                e);
          }
          return new Secret(text);
        });
  }

  private static ValueType<Secret> alertUri() {
    return new ValueType<>(
        "URL",
        text -> {
          AlertUri.checked(text);
          return new Secret(text);
        });
  }

  private static ValueType<URI> url() {
    return new ValueType<>(
        "URL",
        text -> {
          try {
            URI url = URI.create(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getUserInfo() == null) {
              return url;
            }
          } catch (IllegalArgumentException e) {
            // Said below, as for any other text.
          }
          throw new IllegalArgumentException(
              "is no URL to post to: write it as http://localhost:8080/hops");
        });
  }

  private static ValueType<Set<Role>> roles() {
    ValueType<List<Role>> list = ValueType.list(ValueType.choice(Role.class));
    return new ValueType<>(
        list.label(),
        text -> {
          Set<Role> roles = Set.copyOf(list.parse(text));
          if (roles.isEmpty()) {
            throw new IllegalArgumentException("is no role: give runner, api or both");
          }
          return roles;
        });
  }

  private static ValueType<Secret> token() {
    return new ValueType<>(
        "SECRET",
        text -> {
          if (!text.matches("[!-~]{16,1024}")) {
            throw new IllegalArgumentException(
                "is no token: give 16 to 1024 visible ASCII characters, as `openssl rand -hex 16`"
                    + " prints them");
          }
          return new Secret(text);
        });
  }

  private static ValueType<String> name() {
    return new ValueType<>(
        "TEXT",
        text -> {
          if (text.isBlank() || text.length() > 100 || !OneLine.of(text).equals(text)) {
            throw new IllegalArgumentException("is no name: give 1 to 100 visible characters");
          }
          return text;
        });
  }

  /// `API_DOMAIN` is the name a service is reached by. An address or `localhost` is also one to
  /// listen on; any other name may be that of a balancer in front, and says nothing about this
  /// machine.
  private static Optional<String> listeningHost(String domain) {
    ValueType.host().parse(domain);
    boolean address =
        domain.equals("localhost") || domain.contains(":") || domain.matches("[0-9.]+");
    return address ? Optional.of(domain) : Optional.empty();
  }

  private static Optional<String> seconds(String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("is no whole number of seconds: write it as 15");
    }
    return Optional.of(text + "s");
  }

  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false: write one of them");
    };
  }
}
