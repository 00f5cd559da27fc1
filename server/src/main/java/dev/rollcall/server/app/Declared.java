package dev.rollcall.server.app;

import dev.rollcall.server.app.ServeSettings.Limits;
import dev.rollcall.server.app.ServeSettings.Listener;
import dev.rollcall.server.app.ServeSettings.Logging;
import dev.rollcall.server.app.ServeSettings.Monitoring;
import dev.rollcall.server.app.ServeSettings.Storage;
import dev.rollcall.server.app.ServeSettings.Web;
import dev.rollcall.server.config.Kind;
import dev.rollcall.server.config.Known;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.sql.DatabaseLocation;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Every setting of `serve`; [CollectDeclared] has those of `collect` beside them. File keys,
/// flags, environment variables, help and `docs/settings.md` all follow from these lines.
final class Declared {
  private static final Duration DAY = Duration.ofDays(1);

  static final Setting<Path> DATA =
      Setting.of("data", Kind.path(), "./rollcall-data", "folder for everything that is kept");
  static final Setting<Optional<Secret>> DATABASE =
      Setting.of(
              "database",
              Kind.optional(database()),
              "",
              "SQLite file, or postgresql:// URL; without it rollcall.db in the data folder")
          .kept()
          .alias("DB_FILE", Optional::of);
  static final Setting<Integer> PORT =
      Setting.of("port", Kind.port(), "8080", "port of the API and the pages; 0 is any free one")
          .alias("API_PORT", Optional::of);
  static final Setting<String> HOST =
      Setting.of(
              "host", Kind.host(), "0.0.0.0", "address to listen on; 0.0.0.0 is all, IPv6 included")
          .alias("API_DOMAIN", Declared::listeningHost);
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "health.port",
          Kind.port(),
          "8091",
          "port of /health, /ready and /metrics; 0 is any free");
  static final Setting<String> HEALTH_HOST =
      Setting.of("health.host", Kind.host(), "0.0.0.0", "address the health port listens on");
  static final Setting<Optional<Secret>> TOKEN =
      Setting.of(
              "token",
              Kind.optional(token()),
              "",
              "token that management and senders of results have to show; without it only this"
                  + " machine may manage")
          .kept();
  static final Setting<Set<Role>> ROLES =
      Setting.of(
          "roles", roles(), "runner,api", "what this process does: ask services, answer over HTTP");
  static final Setting<Duration> INTERVAL =
      Setting.of(
              "monitor.interval",
              Kind.duration(Duration.ofMillis(200), DAY.multipliedBy(366)),
              "15s",
              "how often a service is asked that does not say so itself")
          .alias("RUNNER_SCRAPE_INTERVAL_SECONDS", Declared::seconds);
  static final Setting<Duration> TIMEOUT =
      Setting.of(
              "monitor.timeout",
              Kind.duration(Duration.ofMillis(10), Duration.ofHours(1)),
              "15s",
              "how long a service may take that does not say so itself")
          .alias("RUNNER_HTTP_TIMEOUT_SECONDS", Declared::seconds);
  static final Setting<Boolean> KEEP_ALIVE =
      Setting.of(
          "monitor.keep-alive",
          Kind.flag(),
          "false",
          "keep connections from one check to the next");
  static final Setting<Integer> PER_HOST =
      Setting.of(
          "monitor.per-host", Kind.number(1, 100_000), "64", "checks at once of one host and port");
  static final Setting<Integer> IN_FLIGHT =
      Setting.of("monitor.in-flight", Kind.number(1, 1_000_000), "10000", "checks at once in all");
  static final Setting<Duration> RETENTION =
      Setting.of(
          "monitor.retention",
          Kind.duration(Duration.ofHours(1), DAY.multipliedBy(36_500)),
          "30d",
          "how long each single tick is kept");
  static final Setting<List<InetSocketAddress>> WITNESS =
      Setting.of(
          "monitor.witness",
          Kind.list(Kind.hostPort()),
          "",
          "hosts that tell whether our own network is alive");
  static final Setting<Logging.Level> LOG_LEVEL =
      Setting.of("log.level", Kind.choice(Logging.Level.class), "info", "how much is logged")
          .alias("DEBUG", debug -> truth(debug) ? Optional.of("debug") : Optional.empty());
  static final Setting<Logging.Format> LOG_FORMAT =
      Setting.of("log.format", Kind.choice(Logging.Format.class), "text", "how log lines look")
          .alias("ENV", env -> env.equals("production") ? Optional.of("json") : Optional.empty());
  static final Setting<Boolean> LOG_ACCESS =
      Setting.of("log.access", Kind.flag(), "false", "log every request");
  static final Setting<String> NAME =
      Setting.of("name", name(), "rollcall", "what this process calls itself in JSON logs")
          .alias("SERVICE_NAME", Optional::of);

  /// Those of `serve`, in the order in which help shows them.
  static final List<Setting<?>> ALL =
      List.of(
          DATA,
          DATABASE,
          HOST,
          PORT,
          HEALTH_HOST,
          HEALTH_PORT,
          TOKEN,
          ROLES,
          INTERVAL,
          TIMEOUT,
          KEEP_ALIVE,
          PER_HOST,
          IN_FLIGHT,
          RETENTION,
          WITNESS,
          CollectDeclared.INPUT_URL,
          CollectDeclared.FOLDER,
          CollectDeclared.MAX_SIZE,
          CollectDeclared.ROTATION,
          CollectDeclared.KEEP,
          CollectDeclared.HOP_MEMORY,
          LOG_LEVEL,
          LOG_FORMAT,
          LOG_ACCESS,
          NAME);

  private Declared() {}

  /// What `serve` knows.
  static Known known() {
    return new Known("", ALL, CollectDeclared.ALL);
  }

  /// Adds what contradicts each other of values that are right by themselves.
  static void contradictions(Values values, Mistakes mistakes) {
    if (main(values).clashes(health(values))) {
      Setting<Integer> wrong = values.gives(HEALTH_PORT) ? HEALTH_PORT : PORT;
      Setting<Integer> other = values.gives(HEALTH_PORT) ? PORT : HEALTH_PORT;
      values.misfit(
          wrong, "is that of " + other.key() + " too: give one of them another", mistakes);
    }
  }

  /// The settings as records, of values that do not contradict each other.
  ///
  /// @param directory where relative paths start
  static ServeSettings settings(Values values, Path directory) {
    Path data = directory.resolve(values.of(DATA)).normalize().toAbsolutePath();
    return new ServeSettings(
        values.of(NAME),
        values.of(ROLES),
        new Storage(data, store(values.of(DATABASE), data, directory)),
        new Web(main(values), health(values), values.of(TOKEN), values.of(LOG_ACCESS)),
        new Monitoring(
            values.of(INTERVAL),
            values.of(TIMEOUT),
            values.of(KEEP_ALIVE),
            new Limits(values.of(PER_HOST), values.of(IN_FLIGHT)),
            values.of(RETENTION),
            values.of(WITNESS)),
        CollectDeclared.inServe(values, data, directory),
        new Logging(values.of(LOG_LEVEL), values.of(LOG_FORMAT)));
  }

  private static Listener main(Values values) {
    return new Listener(values.of(HOST), values.of(PORT));
  }

  private static Listener health(Values values) {
    return new Listener(values.of(HEALTH_HOST), values.of(HEALTH_PORT));
  }

  private static DatabaseLocation store(Optional<Secret> given, Path data, Path directory) {
    return given
        .map(text -> DatabaseLocation.parse(text.reveal(), directory))
        .orElseGet(() -> new DatabaseLocation.SqliteFile(data.resolve("rollcall.db")));
  }

  /// Checked here, and read in [#store], which knows the folders. The whole text may be a secret,
  /// as there may be a password in it.
  private static Kind<Secret> database() {
    return new Kind<>(
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

  private static Kind<Set<Role>> roles() {
    Kind<List<Role>> list = Kind.list(Kind.choice(Role.class));
    return new Kind<>(
        list.label(),
        text -> {
          Set<Role> roles = Set.copyOf(list.parse(text));
          if (roles.isEmpty()) {
            throw new IllegalArgumentException("is no role: give runner, api or both");
          }
          return roles;
        });
  }

  private static Kind<Secret> token() {
    return new Kind<>(
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

  private static Kind<String> name() {
    return new Kind<>(
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
    Kind.host().parse(domain);
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
