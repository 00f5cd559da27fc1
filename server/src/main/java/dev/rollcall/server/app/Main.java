package dev.rollcall.server.app;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.merge.CannotMerge;
import dev.rollcall.server.merge.Merge;
import dev.rollcall.server.monitor.DefinitionWarning;
import dev.rollcall.server.monitor.SchemeHint;
import dev.rollcall.server.monitor.ServiceDefinition;
import dev.rollcall.server.sql.Database;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The program: its commands, and where they begin.
///
/// @param directory the working directory
/// @param environment the process's environment
record Main(Path directory, Map<String, String> environment) {
  /// The commands whose start is mostly Java's loading of what they all need: it begins before the
  /// command line is read.
  private static final Set<String> WITH_DATABASE = Set.of(AllSettings.SERVE, AllSettings.TARGETS);

  /// Runs the command that the arguments name, and ends the process with its status.
  public static void main(String[] arguments) {
    twoCarriers();
    rememberNoNames();
    if (arguments.length > 0 && WITH_DATABASE.contains(arguments[0])) {
      ahead(HttpListener::load);
      ahead(Database::load);
    }
    System.exit(new Main(Path.of(""), System.getenv()).commands().execute(arguments));
  }

  /// Names are remembered by [dev.rollcall.probes.Resolver#system()] alone: the JDK would keep what
  /// it found for 30 s more, and that it found nothing for 10 s, without the reason. Has to come
  /// before the first lookup.
  private static void rememberNoNames() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  private static void ahead(Runnable load) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                load.run();
              } catch (RuntimeException | LinkageError e) {
                // Whoever needs it will fail likewise, and say so.
              }
            });
  }

  /// A commit of heartbeats holds the carrier thread beneath its virtual one, so that one processor
  /// has two; more than there are processors get into each other's way. Has to come before the
  /// first virtual thread.
  private static void twoCarriers() {
    String property = "jdk.virtualThreadScheduler.parallelism";
    if (Runtime.getRuntime().availableProcessors() == 1 && System.getProperty(property) == null) {
      System.setProperty(property, "2");
    }
  }

  /// All commands.
  CommandLine commands() {
    CommandSpec rollcall =
        versioned(
            Commands.group("rollcall", "Availability monitor for services, jobs and networks."));
    rollcall.addSubcommand(
        "serve",
        Flags.configured(
            AllSettings.SERVE,
            Commands.command(
                "serve",
                "Check services, receive heartbeats and results, and answer over HTTP.",
                this::serve)));
    rollcall.addSubcommand(
        AllSettings.COLLECT,
        versioned(
            Flags.configured(
                AllSettings.COLLECT,
                Commands.command(
                    AllSettings.COLLECT,
                    "Receive the results of measuring nodes, store them in files, and send hops"
                        + " to an input service.",
                    this::collect))));
    rollcall.addSubcommand(
        AllSettings.TARGETS,
        Flags.configured(
            AllSettings.TARGETS,
            Commands.command(
                AllSettings.TARGETS,
                "Run the pool of targets that nodes measure.",
                this::targets)));
    rollcall.addSubcommand(
        "config",
        Commands.group("config", "Commands for the configuration.")
            .addSubcommand(
                "check",
                Flags.configured(
                    AllSettings.SERVE,
                    Commands.command(
                        "check",
                        "Report every mistake in the flags, the environment, .env and"
                            + " rollcall.yaml,"
                            + " one line each, or ok. Mistakes are: invalid YAML, unknown keys and"
                            + " variables, invalid values, settings that contradict each other,"
                            + " services that cannot be checked, and missing variables and files."
                            + " No service is checked, no port is opened and nothing is written.",
                        this::check))));
    rollcall.addSubcommand("check", new CheckCommand(this::configured).spec());
    rollcall.addSubcommand(
        "merge",
        Commands.command(
                "merge", "Join files of collectors into one file for analysis.", this::merge)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("OUT.db")
                    .index("0")
                    .arity("1")
                    .type(Path.class)
                    .description("output file; it may contain merged files already")
                    .build())
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("FILE")
                    .index("1..*")
                    .arity("1..*")
                    .type(List.class)
                    .auxiliaryTypes(Path.class)
                    .description("files of collectors, or merged files; they are only read")
                    .build()));
    CommandSpec train =
        Commands.command("train", "Run and end, for Java to learn what a start needs.", this::train)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("DIR")
                    .arity("1")
                    .type(Path.class)
                    .build());
    train.usageMessage().hidden(true);
    rollcall.addSubcommand("train", train);
    rollcall.addSubcommand("help", new HelpCommand().spec());
    return Commands.line(rollcall);
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
    CountDownLatch stop = Signals.stop();
    return serve(origin(AllSettings.SERVE, given), given, _ -> stop.await());
  }

  private int collect(ParseResult given) throws InterruptedException {
    CountDownLatch stop = Signals.stop();
    Optional<Configuration<ServiceDefinition>> configuration =
        read(origin(AllSettings.COLLECT, given), given);
    return configuration.isPresent()
        ? new Collect(configuration.get().settings()).run(_ -> stop.await())
        : Command.MISTAKE;
  }

  private int targets(ParseResult given) throws InterruptedException {
    CountDownLatch stop = Signals.stop();
    Optional<Configuration<ServiceDefinition>> configuration =
        read(origin(AllSettings.TARGETS, given), given);
    return configuration.isPresent()
        ? new Targets(configuration.get().settings()).run(_ -> stop.await())
        : Command.MISTAKE;
  }

  private static int serve(
      Configuration.Origin<ServiceDefinition> origin, ParseResult given, Ports.Wish stop)
      throws InterruptedException {
    Optional<Serve> serve = configured(origin, given);
    return serve.isPresent() ? serve.get().run(stop) : Command.MISTAKE;
  }

  private static Optional<Serve> configured(
      Configuration.Origin<ServiceDefinition> origin, ParseResult given) {
    FileWatcher fileWatcher = new FileWatcher(origin.files().yaml());
    return read(origin, given, fileWatcher::follow)
        .map(configuration -> new Serve(origin, configuration, fileWatcher));
  }

  private int check(ParseResult given) {
    Optional<Configuration<ServiceDefinition>> configuration =
        read(origin(AllSettings.SERVE, given, Serve::checked), given);
    configuration.ifPresent(
        right -> {
          PrintWriter out = given.commandSpec().commandLine().getOut();
          PrintWriter err = given.commandSpec().commandLine().getErr();
          SchemeHint.of(right.services()).forEach(err::println);
          DefinitionWarning.of(right.services(), right.settings().monitor().timeout())
              .forEach(err::println);
          int count = right.services().size();
          out.println(
              "ok: " + count + (count == 1 ? " service" : " services") + without(right, given));
        });
    return configuration.isPresent() ? Command.OK : Command.MISTAKE;
  }

  /// That the file is empty, or where it was looked for, where there is none.
  private String without(Configuration<ServiceDefinition> right, ParseResult given) {
    if (right.blank().isEmpty()) {
      return "";
    }
    Path yaml = Flags.files(given, directory, environment).yaml();
    return Files.notExists(yaml)
        ? "; there is no "
            + yaml.getFileName()
            + " in "
            + yaml.toAbsolutePath().normalize().getParent()
            + ": name another file with --config or ROLLCALL_CONFIG"
        : "; "
            + right.file()
            + " is empty: serve uses the defaults, and does not start if its database contains"
            + " services of a file";
  }

  /// The configuration of `serve`, for a command that wants some of its services.
  private Optional<Configuration<ServiceDefinition>> configured(
      ParseResult given, List<String> services) {
    return read(
        origin(
            AllSettings.SERVE,
            given,
            (values, all, mistakes) -> Serve.named(services, values, all, mistakes)),
        given);
  }

  private int merge(ParseResult given) {
    CommandLine line = given.commandSpec().commandLine();
    Path out = directory.resolve(given.<Path>matchedPositionalValue(0, Path.of("")));
    List<Path> files =
        given.<List<Path>>matchedPositionalValue(1, List.of()).stream()
            .map(directory::resolve)
            .toList();
    if (files.isEmpty()) {
      line.getErr().println("rollcall merge: FILE: is missing: name the files to join");
      return Command.MISTAKE;
    }
    if (files.stream().anyMatch(file -> Merge.same(out, file))) {
      line.getErr()
          .println(
              "rollcall merge: "
                  + out
                  + ": is also among the files: name a new one to join them into");
      return Command.MISTAKE;
    }
    try {
      Merge.Report report =
          new Merge(out, new MergeProgress(line.getErr(), files.size())).run(files);
      line.getOut()
          .println(
              "%s: %d results added, %d of %d files left out"
                  .formatted(out, report.added(), report.leftOut(), files.size()));
      return report.leftOut() == 0 ? Command.OK : Command.TROUBLE;
    } catch (CannotMerge e) {
      throw new CannotRun(String.valueOf(e.getMessage()));
    }
  }

  private int train(ParseResult given) throws InterruptedException {
    Path folder = given.matchedPositionalValue(0, directory);
    Training.prepare(folder);
    Configuration.Origin<ServiceDefinition> origin =
        new Configuration.Origin<>(
            Map.of(
                AllSettings.DATA.flag(), "data",
                AllSettings.HOST.flag(), "127.0.0.1",
                AllSettings.PORT.flag(), "0",
                AllSettings.HEALTH_HOST.flag(), "127.0.0.1",
                AllSettings.HEALTH_PORT.flag(), "0"),
            Map.of(),
            new ConfigFiles(folder, Optional.empty()),
            Serve::services);
    return serve(origin, given, Training::run);
  }

  private Configuration.Origin<ServiceDefinition> origin(String command, ParseResult given) {
    return origin(command, given, Serve::services);
  }

  private Configuration.Origin<ServiceDefinition> origin(
      String command, ParseResult given, ServiceReader<ServiceDefinition> reader) {
    return new Configuration.Origin<>(
        command,
        Flags.texts(command, given),
        environment,
        Flags.files(given, directory, environment),
        reader);
  }

  /// The configuration; where it is wrong, the mistakes are told and it is nothing.
  private static Optional<Configuration<ServiceDefinition>> read(
      Configuration.Origin<ServiceDefinition> origin, ParseResult given) {
    return read(origin, given, _ -> {});
  }

  private static Optional<Configuration<ServiceDefinition>> read(
      Configuration.Origin<ServiceDefinition> origin,
      ParseResult given,
      Consumer<Set<Path>> named) {
    Mistakes mistakes = new Mistakes();
    Optional<Configuration<ServiceDefinition>> configuration = origin.read(mistakes, named);
    PrintWriter err = given.commandSpec().commandLine().getErr();
    mistakes.lines().forEach(err::println);
    return configuration;
  }

  /// The version of the jar that runs, or `development` where classes run without one.
  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
