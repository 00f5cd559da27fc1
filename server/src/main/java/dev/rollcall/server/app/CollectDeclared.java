package dev.rollcall.server.app;

import dev.rollcall.server.app.ServeSettings.Collecting;
import dev.rollcall.server.app.ServeSettings.Listener;
import dev.rollcall.server.app.ServeSettings.Logging;
import dev.rollcall.server.app.ServeSettings.Web;
import dev.rollcall.server.config.Kind;
import dev.rollcall.server.config.Known;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.Values;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of `collect`, whose flags are those of seed 000: `--db-dir` is `collect.db-dir`.
/// `serve`, which collects beside everything else, has those of them that are not about ports.
final class CollectDeclared {
  private static final long MEBIBYTE = 1024 * 1024;

  static final Setting<Integer> PORT =
      Setting.of("collect.port", Kind.port(), "8081", "port that takes results; 0 is any free one");
  static final Setting<String> HOST =
      Setting.of(
          "collect.host",
          Kind.host(),
          "0.0.0.0",
          "address to listen on; 0.0.0.0 is all, IPv6 included");
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "collect.health-port",
          Kind.port(),
          "8091",
          "port of /health, /ready, /metrics, /stats and /recent; 0 is any free one");
  static final Setting<String> HEALTH_HOST =
      Setting.of(
          "collect.health-host", Kind.host(), "0.0.0.0", "address the health port listens on");
  static final Setting<URI> INPUT_URL =
      Setting.of(
          "collect.input-url", url(), "http://localhost:8080/hops", "where new hops are posted");
  static final Setting<Path> FOLDER =
      Setting.of(
          "collect.db-dir",
          Kind.path(),
          "./output_data",
          "folder of the results files; serve has it in its data folder unless it is given");
  static final Setting<Integer> MAX_SIZE =
      Setting.of(
          "collect.max-size-mb",
          Kind.number(1, 1_000_000),
          "100",
          "size in MiB at which another results file is begun");
  static final Setting<Integer> ROTATION =
      Setting.of(
          "collect.rotation-days",
          Kind.number(1, 36_500),
          "7",
          "age in days at which another results file is begun");
  static final Setting<Integer> KEEP =
      Setting.of(
          "collect.keep-files",
          Kind.number(1, 10_000),
          "5",
          "how many results files stay, the current one included");
  static final Setting<Integer> HOP_MEMORY =
      Setting.of(
          "collect.hop-memory",
          Kind.number(1, 20_000_000),
          "1000000",
          "how many addresses of hops are remembered; the least recently seen goes first");
  static final Setting<Boolean> VERBOSE =
      Setting.of("collect.verbose", Kind.flag(), "false", "log for debugging");

  /// That of `serve`, which `collect` also knows by the name that its other variables have.
  static final Setting<Optional<Secret>> TOKEN =
      Declared.TOKEN.alias("ROLLCALL_COLLECT_TOKEN", Optional::of);

  /// Those of `collect`, in the order in which help shows them.
  static final List<Setting<?>> ALL =
      List.of(
          PORT,
          HEALTH_PORT,
          INPUT_URL,
          FOLDER,
          MAX_SIZE,
          ROTATION,
          KEEP,
          HOP_MEMORY,
          VERBOSE,
          HOST,
          HEALTH_HOST,
          TOKEN,
          Declared.LOG_LEVEL,
          Declared.LOG_FORMAT,
          Declared.LOG_ACCESS,
          Declared.NAME);

  private CollectDeclared() {}

  /// What `collect` knows.
  static Known known() {
    return new Known("collect", ALL, Declared.ALL);
  }

  /// What `collect` has to know, read and checked.
  ///
  /// @param name what this process calls itself in its logs
  record CollectSettings(String name, Web web, Collecting collector, Logging log) {}

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
  static CollectSettings settings(Values values, Path directory) {
    return new CollectSettings(
        values.of(Declared.NAME),
        new Web(main(values), health(values), values.of(TOKEN), values.of(Declared.LOG_ACCESS)),
        collecting(values, directory),
        new Logging(
            values.of(VERBOSE) ? Logging.Level.DEBUG : values.of(Declared.LOG_LEVEL),
            values.of(Declared.LOG_FORMAT)));
  }

  /// How `serve` collects: in its data folder where no other was given.
  static Collecting inServe(Values values, Path data, Path directory) {
    return collecting(values, values.gives(FOLDER) ? directory : data);
  }

  private static Collecting collecting(Values values, Path directory) {
    return new Collecting(
        values.of(INPUT_URL),
        directory.resolve(values.of(FOLDER)).normalize().toAbsolutePath(),
        values.of(MAX_SIZE) * MEBIBYTE,
        Duration.ofDays(values.of(ROTATION)),
        values.of(KEEP),
        values.of(HOP_MEMORY));
  }

  private static Listener main(Values values) {
    return new Listener(values.of(HOST), values.of(PORT));
  }

  private static Listener health(Values values) {
    return new Listener(values.of(HEALTH_HOST), values.of(HEALTH_PORT));
  }

  private static Kind<URI> url() {
    return new Kind<>(
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
}
