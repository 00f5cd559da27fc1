package dev.rollcall.server.app;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Known;
import dev.rollcall.server.config.Setting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The flags that the declared settings make, and what somebody gave for them.
final class Flags {
  private static final String CONFIG = "--config";

  private Flags() {}

  /// Adds `--config`, a flag for each setting, and the word on where else they may be given.
  static CommandSpec configured(CommandSpec command, Known known) {
    command.addOption(
        OptionSpec.builder(CONFIG)
            .paramLabel("FILE")
            .type(String.class)
            .description("configuration file, which has to be there; default rollcall.yaml, if any")
            .build());
    known.settings().forEach(setting -> command.addOption(flag(setting, known.flag(setting))));
    Setting<?> example = known.settings().get(known.settings().size() / 2);
    command
        .usageMessage()
        .abbreviateSynopsis(true)
        .footer(
            "",
            "Each may also be given in the environment or in .env (" + known.flag(example) + " is",
            example.variable()
                + " there), or in rollcall.yaml ("
                + example.key()
                + "). Flags count",
            "before the environment, then come .env and rollcall.yaml, and these, in the"
                + " environment",
            "or .env, beneath them all:",
            aliases(known));
    return command;
  }

  /// What was given, by flag, unread.
  static Map<String, String> texts(ParseResult given, Known known) {
    Map<String, String> texts = new HashMap<>();
    for (Setting<?> setting : known.settings()) {
      String flag = known.flag(setting);
      if (given.hasMatchedOption(flag)) {
        texts.put(flag, given.matchedOptionValue(flag, ""));
      }
    }
    return texts;
  }

  /// The configuration files that were asked for.
  static ConfigFiles files(ParseResult given, Path directory, Map<String, String> environment) {
    String inEnvironment = environment.getOrDefault(Configuration.FILE_VARIABLE, "");
    String named = given.matchedOptionValue(CONFIG, inEnvironment);
    return new ConfigFiles(
        directory, named.isBlank() ? Optional.empty() : Optional.of(Path.of(named)));
  }

  private static OptionSpec flag(Setting<?> setting, String name) {
    String[] names = name.equals("--verbose") ? new String[] {"-v", name} : new String[] {name};
    OptionSpec.Builder flag =
        OptionSpec.builder(names)
            .type(String.class)
            .paramLabel(setting.kind().label())
            .description(
                setting.standard().isEmpty()
                    ? setting.help()
                    : setting.help() + "; default " + setting.standard());
    if (setting.standard().equals("false")) {
      flag.arity("0..1").fallbackValue("true");
    }
    return flag.build();
  }

  private static String aliases(Known known) {
    return known.settings().stream()
        .flatMap(
            setting ->
                setting.aliases().stream()
                    .map(alias -> "  " + alias.variable() + " (" + setting.key() + ")"))
        .collect(Collectors.joining("%n"));
  }
}
