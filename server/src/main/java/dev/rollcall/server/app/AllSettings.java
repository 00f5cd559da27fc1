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
      Setting.of("data", ValueType.path(), "./rollcall-data", "folder for all stored data");
  static final Setting<Optional<Secret>> DATABASE =
      Setting.of(
              "database",
              ValueType.optional(database()),
              "",
              "SQLite file or postgresql:// URL; without it rollcall.db in the data"
                  + " folder, and targets.db for the command targets")
          .secret()
          .alias("DB_FILE", Optional::of);
  static final Setting<Integer> PORT =
      Setting.of(
              "port",
              ValueType.port(),
              "8080",
              "port of the API and the pages; 0 means any free port")
          .alias("API_PORT", Optional::of);
  static final Setting<String> HOST =
      Setting.of(
              "host",
              ValueType.host(),
              "0.0.0.0",
              "address to listen on; 0.0.0.0 means all addresses, IPv6 included")
          .alias("API_DOMAIN", AllSettings::listeningHost);
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "health.port",
          ValueType.port(),
          "8091",
          "port of /health, /ready and /metrics; 0 means any free port");
  static final Setting<Optional<String>> HEALTH_HOST =
      Setting.of(
          "health.host",
          ValueType.optional(ValueType.host()),
          "",
          "address of the health port; without it that of host");
  static final Setting<Optional<Secret>> TOKEN =
      Setting.of(
              "token",
              ValueType.optional(token()),
              "",
              "token for management and for sending measurements; without it only this"
                  + " machine may manage, and everybody may send")
          .secret();
  static final Setting<List<IPAddress>> WRITERS =
      Setting.of(
          "writers",
          ValueType.list(block()),
          "",
          "networks that may send heartbeats, and measurements without a token;"
              + " without any: all");
  static final Setting<List<IPAddress>> TRUSTED_PROXIES =
      Setting.of(
          "trusted-proxies",
          ValueType.list(block()),
          "",
          "networks of proxies whose X-Forwarded-For is trusted, for limits per"
              + " address, for writers and in the log; without any the address of the"
              + " connection counts");
  static final Setting<Integer> REQUESTS_OF_ONE =
      Setting.of(
          "requests-per-address",
          ValueType.number(1, 1024),
          "256",
          "requests for pages and API at once from one address, on each port; more get 503");
  static final Setting<Set<Role>> ROLES =
      Setting.of(
          "roles",
          roles(),
          "runner,api",
          "what this process does: run checks (runner), answer over HTTP (api)");
  static final Setting<Boolean> FEWER_SERVICES =
      Setting.of(
          "fewer-services",
          ValueType.flag(),
          "false",
          "accepts a file in which more than half of the services are missing;"
              + " otherwise it is rejected, as it may be incomplete");
  static final Setting<Duration> INTERVAL =
      Setting.of(
              "monitor.interval",
              ValueType.duration(Duration.ofMillis(200), Duration.ofDays(366)),
              "15s",
              "time between two checks of a service that has no interval of its own")
          .alias("RUNNER_SCRAPE_INTERVAL_SECONDS", AllSettings::seconds);
  static final Setting<Duration> TIMEOUT =
      Setting.of(
              "monitor.timeout",
              ValueType.duration(Duration.ofMillis(10), Duration.ofHours(1)),
              "15s",
              "timeout of a service that has none of its own")
          .alias("RUNNER_HTTP_TIMEOUT_SECONDS", AllSettings::seconds);
  static final Setting<Boolean> KEEP_ALIVE =
      Setting.of(
          "monitor.keep-alive",
          ValueType.flag(),
          "false",
          "reuse the connection for the next check");
  static final Setting<Integer> PER_HOST =
      Setting.of(
          "monitor.per-host",
          ValueType.number(1, 100_000),
          "64",
          "checks at once of one host and port");
  static final Setting<Integer> IN_FLIGHT =
      Setting.of(
          "monitor.in-flight", ValueType.number(1, 1_000_000), "10000", "checks at once in total");
  static final Setting<Duration> RETENTION =
      Setting.of(
          "monitor.retention",
          ValueType.duration(Duration.ofHours(1), Duration.ofDays(36_500)),
          "30d",
          "how long raw ticks are kept");
  static final Setting<List<InetSocketAddress>> WITNESS =
      Setting.of(
          "monitor.witness",
          ValueType.list(ValueType.hostPort()),
          "",
          "hosts that show whether our own network works; if none answers, results"
              + " are unknown");
  static final Setting<Optional<Secret>> ALERT_URI =
      Setting.of(
              "alert.uri",
              ValueType.optional(alertUri()),
              "",
              "URL that is called when a heartbeat is late or a job reports a failure")
          .secret()
          .alias("PING_ALERT_URI", Optional::of);
  static final Setting<Duration> DELIVERIES_RETENTION =
      Setting.of(
          "deliveries.retention",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "7d",
          "how long finished deliveries are kept");
  static final Setting<Duration> REALERT =
      Setting.of(
          "heartbeat.realert",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "60s",
          "how often an alert is repeated while a heartbeat stays late");
  static final Setting<Duration> STARTUP_GRACE =
      Setting.of(
          "heartbeat.startup-grace",
          ValueType.duration(Duration.ZERO, DAY),
          "60s",
          "extra time after a start for heartbeats that became due while Rollcall was down");
  static final Setting<Integer> MOST_HEARTBEATS =
      Setting.of(
          "heartbeat.most",
          ValueType.number(1, 100_000_000),
          "1000000",
          "maximum number of heartbeats; a call that would create one more gets 503");
  static final Setting<Duration> FUTURE_TOLERANCE =
      Setting.of(
          "heartbeat.future-tolerance",
          ValueType.duration(Duration.ZERO, DAY),
          "5m",
          "how far in the future the timestamp of a heartbeat may be");
  static final Setting<Durability> PING_DURABILITY =
      Setting.of(
          "heartbeat.durability",
          ValueType.choice(Durability.class),
          "process",
          "what an acknowledged heartbeat survives: kill -9 (process), or loss of"
              + " power too (power)");
  static final Setting<Optional<Secret>> PING_KEY =
      Setting.of(
              "heartbeat.key",
              ValueType.optional(token()),
              "",
              "key that every heartbeat has to send; without it no key is needed")
          .secret();
  static final Setting<Optional<Integer>> PING_PORT =
      Setting.of(
          "ping.port",
          ValueType.optional(ValueType.port()),
          "",
          "another port that answers only heartbeats, such as 4000; 0 means any free port");
  static final Setting<Logging.Level> LOG_LEVEL =
      Setting.of("log.level", ValueType.choice(Logging.Level.class), "info", "log level")
          .alias("DEBUG", debug -> truth(debug) ? Optional.of("debug") : Optional.empty());
  static final Setting<Logging.Format> LOG_FORMAT =
      Setting.of(
              "log.format",
              ValueType.choice(Logging.Format.class),
              "text",
              "format of the log lines")
          .alias("ENV", env -> env.equals("production") ? Optional.of("json") : Optional.empty());
  static final Setting<Boolean> LOG_ACCESS =
      Setting.of("log.access", ValueType.flag(), "false", "log every request");
  static final Setting<String> NAME =
      Setting.of("name", name(), "rollcall", "name of this process in JSON logs")
          .alias("SERVICE_NAME", Optional::of);

  static final Setting<Integer> COLLECT_PORT =
      Setting.of(
          "collect.port",
          ValueType.port(),
          "8081",
          "port that receives results; 0 means any free port");
  static final Setting<Integer> COLLECT_HEALTH_PORT =
      Setting.of(
          "collect.health-port",
          ValueType.port(),
          "8091",
          "port of /health, /ready, /metrics, /stats and /recent; 0 means any free port");
  static final Setting<URI> COLLECT_INPUT_URL =
      Setting.of(
          "collect.input-url", url(), "http://localhost:8080/hops", "where new hops are sent");
  static final Setting<Optional<Secret>> COLLECT_INPUT_TOKEN =
      Setting.of(
              "collect.input-token",
              ValueType.optional(token()),
              "",
              "token for the input service that receives the hops")
          .secret();
  static final Setting<Path> COLLECT_FOLDER =
      Setting.of(
          "collect.db-dir",
          ValueType.path(),
          "./output_data",
          "folder of the results files; serve has it in its data folder unless it is set");
  static final Setting<Integer> COLLECT_MAX_SIZE =
      Setting.of(
          "collect.max-size-mb",
          ValueType.number(1, 1_000_000),
          "100",
          "size in MiB at which a new results file is started");
  static final Setting<Integer> COLLECT_ROTATION =
      Setting.of(
          "collect.rotation-days",
          ValueType.number(1, 36_500),
          "7",
          "age in days at which a new results file is started");
  static final Setting<Integer> COLLECT_KEEP =
      Setting.of(
          "collect.keep-files",
          ValueType.number(1, 10_000),
          "5",
          "number of results files to keep, including the current one");
  static final Setting<Integer> COLLECT_HOP_MEMORY =
      Setting.of(
          "collect.hop-memory",
          ValueType.number(1, 20_000_000),
          "1000000",
          "number of hop addresses to remember; the least recently seen is forgotten first");
  static final Setting<Boolean> COLLECT_VERBOSE =
      Setting.of("collect.verbose", ValueType.flag(), "false", "debug log");
  static final Setting<Optional<Secret>> COLLECT_TOKEN =
      Setting.of(
              "collect.token",
              ValueType.optional(token()),
              "",
              "token that rollcall collect requires from senders and remote operators;"
                  + " without it that of token")
          .secret();

  static final Setting<Integer> TARGETS_PORT =
      Setting.of(
          "targets.port",
          ValueType.port(),
          "8080",
          "port of the target pool; 0 means any free port");
  static final Setting<Integer> TARGETS_HEALTH_PORT =
      Setting.of(
          "targets.health.port",
          ValueType.port(),
          "8090",
          "port of the target pool's /health, /ready and /metrics; 0 means any free port");
  static final Setting<Integer> TARGETS_MOST =
      Setting.of(
          "targets.most", ValueType.number(1, 100_000_000), "1000000", "maximum number of targets");
  static final Setting<Integer> TARGETS_PER_NETWORK =
      Setting.of(
          "targets.per-network",
          ValueType.number(1, 1_000_000),
          "256",
          "maximum number of targets in one /24 of IPv4, and in one /48 of IPv6");
  static final Setting<Duration> TARGETS_INTERVAL =
      Setting.of(
          "targets.interval",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "5m",
          "minimum time between two measurements of a target");
  static final Setting<Duration> TARGETS_LEASE =
      Setting.of(
          "targets.lease",
          ValueType.duration(Duration.ofSeconds(1), DAY),
          "5m",
          "time that a node has for its targets before other nodes get them");
  static final Setting<List<IPAddress>> TARGETS_ALLOW =
      Setting.of(
          "targets.allow",
          ValueType.list(block()),
          "",
          "blocks that may be targets even if they are private, loopback or reserved");
  static final Setting<List<IPAddress>> TARGETS_DENY =
      Setting.of("targets.deny", ValueType.list(block()), "", "blocks that must not be targets");
  static final Setting<Optional<Path>> TARGETS_OPT_OUT =
      Setting.of(
          "targets.opt-out",
          ValueType.optional(ValueType.path()),
          "",
          "file of addresses and blocks that must not be measured; read again when"
              + " it changes");

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
        ? "SQLite file or postgresql:// URL; without it " + file(command) + " in the data folder"
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
                    + " postgresql://user:password@host:5432/database, and in user and password"
                    + " %2F for /, %3F for ?, %23 for #, %40 for @",
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
