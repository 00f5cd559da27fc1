package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.monitor.OneCheck;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall check`: checks URLs, and services of the configuration file, once.
///
/// @param configured reads the configuration for services with these names; if it has mistakes,
///   reports them and returns nothing
record CheckCommand(BiFunction<ParseResult, List<String>, Optional<Configuration>> configured)
    implements Command {
  private static final ValueType<Duration> TIMEOUT =
      ValueType.duration(Duration.ofMillis(1), Duration.ofMinutes(10));

  /// The command with its flags.
  CommandSpec spec() {
    return Flags.withFile(
        Commands.command(
                "check", "Check URLs or services now, and show the time of each phase.", this)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("URL")
                    .index("0..*")
                    .arity("0..*")
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .description(
                        "URLs to check, one after the other: http, https, tcp, ping, postgres,"
                            + " redis, ... (docs/probes.md); for your own certificate authority,"
                            + " define a service with tls: {ca: FILE} and use --service")
                    .build())
            .addOption(
                OptionSpec.builder("--service")
                    .paramLabel("NAME")
                    .arity("1")
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .description(
                        "a service of the configuration file, checked with all its settings; can be"
                            + " given several times")
                    .build())
            .addOption(
                OptionSpec.builder("--timeout")
                    .paramLabel("DURATION")
                    .arity("1")
                    .type(String.class)
                    .description("timeout of each check; default 15s, or that of the service")
                    .build())
            .addOption(
                OptionSpec.builder("--json")
                    .arity("0")
                    .type(Boolean.class)
                    .description("print JSON")
                    .build()));
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    Mistakes mistakes = new Mistakes();
    PrintWriter err = given.commandSpec().commandLine().getErr();
    List<String> urls = given.matchedPositionalValue(0, List.of());
    List<String> names = given.matchedOptionValue("--service", List.of());
    if (urls.isEmpty() && names.isEmpty()) {
      mistakes.add("URL", "is missing: give a URL, or a service with --service NAME");
    }
    Optional<Duration> timeout = timeout(given, mistakes);
    List<ServiceDefinition> services = List.of();
    if (mistakes.isEmpty() && !names.isEmpty()) {
      Optional<Configuration> read = configured.apply(given, names);
      if (read.isEmpty()) {
        return MISTAKE;
      }
      services = named(names, read.get().services(), read.get().file(), mistakes);
    }
    boolean up = true;
    if (mistakes.isEmpty()) {
      try (Pings pings = new Pings()) {
        for (ServiceDefinition service : services) {
          up &= tell(OneCheck.of(service, timeout.orElse(service.timeout()), pings), given);
        }
        for (String url : urls) {
          Optional<OneCheck> check =
              OneCheck.of(url, timeout.orElse(Duration.ofSeconds(15)), pings, mistakes);
          up &= check.isEmpty() || tell(check.get(), given);
        }
      }
    }
    mistakes.lines().forEach(mistake -> err.println("rollcall check: " + mistake));
    if (!mistakes.isEmpty()) {
      return MISTAKE;
    }
    return up ? OK : TROUBLE;
  }

  private static boolean tell(OneCheck check, ParseResult given) {
    PrintWriter out = given.commandSpec().commandLine().getOut();
    out.println(given.hasMatchedOption("--json") ? check.json() : check.text().strip());
    out.flush();
    return check.up();
  }

  private static Optional<Duration> timeout(ParseResult given, Mistakes mistakes) {
    Optional<String> text = Optional.ofNullable(given.matchedOptionValue("--timeout", null));
    try {
      return text.map(TIMEOUT::parse);
    } catch (IllegalArgumentException e) {
      mistakes.add("--timeout", text.orElse(""), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static List<ServiceDefinition> named(
      List<String> names, List<ServiceDefinition> services, String file, Mistakes mistakes) {
    List<String> known = services.stream().map(ServiceDefinition::name).toList();
    names.stream()
        .filter(name -> !known.contains(name))
        .forEach(
            name ->
                mistakes.add(
                    "--service",
                    name,
                    "is no service of "
                        + file
                        + (known.isEmpty()
                            ? ", which has none: name a file that has with --config"
                            : Mistakes.suggestion(name, known))));
    return names.stream()
        .flatMap(name -> services.stream().filter(service -> service.name().equals(name)))
        .toList();
  }
}
