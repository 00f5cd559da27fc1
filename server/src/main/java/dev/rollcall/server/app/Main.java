package dev.rollcall.server.app;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.monitor.definition.DefinitionWarning;
import dev.rollcall.server.monitor.definition.SchemeHint;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.time.Clock;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The program and its commands.
///
/// @param directory the working directory
/// @param environment the process's environment
/// @param stopping makes the latch that opens when the process has to stop
record Main(Path directory, Map<String, String> environment, Supplier<CountDownLatch> stopping) {
  private static final String PING = "ping";
  private static final String TRACEROUTE = "traceroute";
  private static final String HELP = "help";

  /// What is trained for what a person waits for.
  private static final String TERMINAL = "terminal";

  /// For these commands, classes that they need anyway are loaded while the command line is read:
  /// loading classes is most of their start.
  private static final Set<String> WITH_DATABASE = Set.of(AllSettings.SERVE, AllSettings.TARGETS);

  /// The program that ends when the process gets a signal.
  Main(Path directory, Map<String, String> environment) {
    this(directory, environment, StopSignals::stop);
  }

  /// Runs the command that the arguments name, and ends the process with its status.
  public static void main(String[] arguments) {
    twoCarriers();
    rememberNoNames();
    acceptOldKeyExchange();
    keepLoggersQuiet();
    if (arguments.length > 0 && WITH_DATABASE.contains(arguments[0])) {
      ahead(HttpListener::load);
      ahead(Database::load);
    }
    Main main = new Main(Path.of(""), System.getenv());
    System.exit(main.commands(arguments).execute(arguments));
  }

  /// Only [dev.rollcall.probes.Resolver#system()] caches name lookups. The JDK would cache
  /// addresses for 30 s more, and failures for 10 s without their reason. Call this before the
  /// first lookup.
  private static void rememberNoNames() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /// OpenSSL, curl and browsers still reach servers that offer nothing but a key exchange by RSA;
  /// such a server is not down. It stays the last choice. Has to come before the first use of TLS.
  private static void acceptOldKeyExchange() {
    String property = "jdk.tls.disabledAlgorithms";
    Security.setProperty(
        property,
        Pattern.compile(",")
            .splitAsStream(Objects.requireNonNullElse(Security.getProperty(property), ""))
            .map(String::strip)
            .filter(name -> !name.equals("TLS_RSA_*"))
            .collect(Collectors.joining(", ")));
  }

  /// SLF4J, through which some libraries log, prints three lines to standard error if two threads
  /// use it first in the same moment. Nothing is lost then.
  private static void keepLoggersQuiet() {
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  private static void ahead(Runnable load) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                load.run();
              } catch (RuntimeException | LinkageError e) {
                // the code that needs it fails in the same way, and reports it
              }
            });
  }

  /// A commit of heartbeats blocks the carrier of its virtual thread, so there are two carriers on
  /// one processor. More carriers than processors slow each other down. Call this before the first
  /// virtual thread.
  private static void twoCarriers() {
    String property = "jdk.virtualThreadScheduler.parallelism";
    if (Runtime.getRuntime().availableProcessors() == 1 && System.getProperty(property) == null) {
      System.setProperty(property, "2");
    }
  }

  /// The commands for these arguments: the one that they name, else all. It takes the settings of
  /// the others a quarter of a start to be made.
  CommandLine commands(String... arguments) {
    Map<String, Supplier<CommandSpec>> all = all();
    String first = arguments.length > 0 ? arguments[0] : HELP;
    Supplier<CommandSpec> named = all.get(first);
    return line(named == null || first.equals(HELP) ? all : Map.of(first, named));
  }

  private static CommandLine line(Map<String, Supplier<CommandSpec>> commands) {
    CommandSpec rollcall =
        versioned(
            Commands.group("rollcall", "Availability monitor for services, jobs and networks."));
    commands.forEach((name, command) -> rollcall.addSubcommand(name, command.get()));
    return Commands.line(rollcall);
  }

  /// By name, in the order of the help.
  private Map<String, Supplier<CommandSpec>> all() {
    Map<String, Supplier<CommandSpec>> all = new LinkedHashMap<>();
    all.put(
        AllSettings.SERVE,
        () ->
            configured(
                AllSettings.SERVE,
                "Check services, receive heartbeats and results, and answer over HTTP.",
                this::serve));
    all.put(
        AllSettings.COLLECT,
        () ->
            versioned(
                configured(
                    AllSettings.COLLECT,
                    "Receive the results of measuring nodes, store them in files, and send hops"
                        + " to an input service.",
                    this::collect)));
    all.put(
        AllSettings.TARGETS,
        () ->
            configured(
                AllSettings.TARGETS, "Run the pool of targets that nodes measure.", this::targets));
    all.put(
        AllSettings.MEASURE,
        () ->
            versioned(
                configured(
                    AllSettings.MEASURE,
                    "Measure targets of a pool, or of its own, and send the results to a"
                        + " collector.",
                    this::measure)));
    all.put(
        "config",
        () ->
            Commands.group("config", "Commands for the configuration.")
                .addSubcommand("check", configCheck()));
    all.put("check", () -> new CheckCommand(this::configured).spec());
    all.put(PING, () -> new PingCommand().spec());
    all.put(TRACEROUTE, () -> new TracerouteCommand(directory).spec());
    all.put("operator", () -> new OperatorCommand(given -> configured(given, List.of())).spec());
    all.put("channel", () -> new ChannelCommand(directory, environment).spec());
    all.put("maintenance", () -> new MaintenanceCommand(directory, environment).spec());
    all.put("merge", () -> new MergeCommand(directory).spec());
    all.put("train", this::training);
    all.put(HELP, () -> new HelpCommand().spec());
    return all;
  }

  /// A command with a flag for each of its settings.
  private static CommandSpec configured(String name, String does, Command command) {
    return Flags.configured(name, Commands.command(name, does, command));
  }

  private CommandSpec configCheck() {
    return Flags.configured(
        AllSettings.SERVE,
        Commands.command(
            "check",
            "Report every mistake in the flags, the environment, .env and"
                + " rollcall.yaml,"
                + " one line each, or ok. Mistakes are: invalid YAML, unknown keys and"
                + " variables, invalid values, settings that contradict each other,"
                + " services that cannot be checked, and missing variables and files."
                + " No service is checked, no port is opened and nothing is written.",
            this::check));
  }

  private CommandSpec training() {
    CommandSpec train =
        Commands.command("train", "Run and end, for Java to learn what a start needs.", this::train)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("serve|terminal")
                    .index("0")
                    .arity("1")
                    .type(String.class)
                    .build())
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("DIR")
                    .index("1")
                    .arity("1")
                    .type(Path.class)
                    .build());
    train.usageMessage().hidden(true);
    return train;
  }

  private static CommandSpec versioned(CommandSpec command) {
    return command
        .version("rollcall " + version())
        .addOption(
            OptionSpec.builder("--version")
                .versionHelp(true)
                .description("show the version")
                .build());
  }

  private int serve(ParseResult given) throws InterruptedException {
    CountDownLatch stop = stopping.get();
    return serve(origin(AllSettings.SERVE, given), given, _ -> stop.await());
  }

  private int collect(ParseResult given) throws InterruptedException {
    CountDownLatch stop = stopping.get();
    Optional<Configuration> configuration = read(origin(AllSettings.COLLECT, given), given);
    return configuration.isPresent()
        ? new Collect(configuration.get().settings()).run(_ -> stop.await())
        : Command.MISTAKE;
  }

  private int targets(ParseResult given) throws InterruptedException {
    CountDownLatch stop = stopping.get();
    Optional<Configuration> configuration = read(origin(AllSettings.TARGETS, given), given);
    return configuration.isPresent()
        ? new Targets(configuration.get().settings()).run(_ -> stop.await())
        : Command.MISTAKE;
  }

  private int measure(ParseResult given) throws InterruptedException {
    CountDownLatch stop = stopping.get();
    Optional<Configuration> configuration = read(origin(AllSettings.MEASURE, given), given);
    return configuration.isPresent()
        ? new Measure(configuration.get().settings()).run(_ -> stop.await())
        : Command.MISTAKE;
  }

  private static int serve(Configuration.Origin origin, ParseResult given, Ports.Wish stop)
      throws InterruptedException {
    Optional<Serve> serve = configured(origin, given);
    return serve.isPresent() ? serve.get().run(stop) : Command.MISTAKE;
  }

  private static Optional<Serve> configured(Configuration.Origin origin, ParseResult given) {
    FileWatcher fileWatcher = new FileWatcher(origin.files().yaml());
    return read(origin, given, fileWatcher::follow)
        .map(configuration -> new Serve(origin, configuration, fileWatcher, Clock.system()));
  }

  private int check(ParseResult given) {
    Optional<Configuration> configuration =
        read(origin(AllSettings.SERVE, given, FileServices.STRICT), given);
    configuration.ifPresent(
        right -> {
          PrintWriter out = given.commandSpec().commandLine().getOut();
          PrintWriter err = given.commandSpec().commandLine().getErr();
          SchemeHint.of(right.services()).forEach(err::println);
          DefinitionWarning.of(right.services(), right.settings().monitor().defaults().timeout())
              .forEach(err::println);
          AlertRouteWarning.of(right).forEach(err::println);
          GroupWarning.of(right).forEach(err::println);
          MaintenanceWarning.of(right).forEach(err::println);
          ChannelHints.of(right.channels()).forEach(err::println);
          right.sso().warnings(right.settings().accounts().registration()).forEach(err::println);
          out.println("ok: " + contents(right) + without(right, given));
        });
    return configuration.isPresent() ? Command.OK : Command.MISTAKE;
  }

  /// `2 services, 1 heartbeat, 3 channels`.
  private static String contents(Configuration right) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("heartbeat", right.heartbeats().size());
    counts.put("group", right.groups().size());
    counts.put("channel", right.channels().size());
    counts.put("maintenance span", right.maintenance().size());
    counts.put("provider", right.sso().providers().size());
    StringBuilder contents = new StringBuilder(Targets.counted(right.services().size(), "service"));
    counts.forEach(
        (what, count) -> contents.append(count == 0 ? "" : ", " + Targets.counted(count, what)));
    return contents.toString();
  }

  /// A note if the file is empty or missing.
  private String without(Configuration right, ParseResult given) {
    if (right.blank().isEmpty()) {
      return "";
    }
    Path yaml = Flags.files(AllSettings.SERVE, given, directory, environment).yaml();
    return Files.notExists(yaml)
        ? "; there is no "
            + yaml.getFileName()
            + " in "
            + yaml.toAbsolutePath().normalize().getParent()
            + ": name another file with --config or ROLLCALL_CONFIG"
        : "; "
            + right.file()
            + " is empty: serve uses the defaults, and does not start if its database contains"
            + " services or heartbeats of a file";
  }

  /// The configuration of `serve`, for a command that uses some of its services.
  private Optional<Configuration> configured(ParseResult given, List<String> services) {
    return read(origin(AllSettings.SERVE, given, FileServices.named(services)), given);
  }

  private int train(ParseResult given) throws InterruptedException {
    if (given.matchedPositionalValue(0, "").equals(TERMINAL)) {
      Training.measure(commands(PING), PING, "-c", "2", "-i", "0.01", "127.0.0.1");
      Training.measure(commands(TRACEROUTE), TRACEROUTE, "-n", "127.0.0.1");
      return Command.OK;
    }
    ParseResult _ = commands(AllSettings.SERVE).parseArgs(AllSettings.SERVE);
    Path folder = given.matchedPositionalValue(1, directory);
    Training.prepare(folder);
    Configuration.Origin origin =
        new Configuration.Origin(
            Map.of(
                StorageSettings.DATA.flag(), "data",
                WebSettings.HOST.flag(), "127.0.0.1",
                WebSettings.PORT.flag(), "0",
                WebSettings.HEALTH_HOST.flag(), "127.0.0.1",
                WebSettings.HEALTH_PORT.flag(), "0"),
            Map.of(),
            new ConfigFiles(folder, Optional.empty()),
            FileServices.TOLERANT);
    return serve(origin, given, Training::run);
  }

  private Configuration.Origin origin(String command, ParseResult given) {
    return origin(command, given, FileServices.TOLERANT);
  }

  private Configuration.Origin origin(
      String command, ParseResult given, FileServices fileServices) {
    return new Configuration.Origin(
        command,
        Flags.texts(command, given),
        environment,
        Flags.files(command, given, directory, environment),
        fileServices);
  }

  /// The configuration. If it has mistakes, they are reported and there is none.
  private static Optional<Configuration> read(Configuration.Origin origin, ParseResult given) {
    return read(origin, given, _ -> {});
  }

  private static Optional<Configuration> read(
      Configuration.Origin origin, ParseResult given, Consumer<Set<Path>> named) {
    Mistakes mistakes = new Mistakes();
    Optional<Configuration> configuration = origin.read(mistakes, named);
    PrintWriter err = given.commandSpec().commandLine().getErr();
    mistakes.lines().forEach(err::println);
    return configuration;
  }

  /// The version of the jar, or `development` if there is no jar.
  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
