package dev.rollcall.server.app;

import dev.rollcall.server.config.ConfigFiles;
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
  static CommandSpec configured(CommandSpec command) {
    command.addOption(
        OptionSpec.builder(CONFIG)
            .paramLabel("FILE")
            .type(String.class)
            .description("configuration file, which has to be there; default rollcall.yaml, if any")
            .build());
    Declared.ALL.forEach(setting -> command.addOption(flag(setting)));
    command
        .usageMessage()
        .abbreviateSynopsis(true)
        .footer(
            "",
            "Each may also be given in the environment or in .env (--monitor-interval is",
            "ROLLCALL_MONITOR_INTERVAL there), or in rollcall.yaml (monitor.interval). Flags count",
            "before the environment, then come .env and rollcall.yaml, and these, in the environment",
            "or .env, beneath them all:",
            aliases());
    return command;
  }

  /// What was given, by flag, unread.
  static Map<String, String> texts(ParseResult given) {
    Map<String, String> texts = new HashMap<>();
    for (Setting<?> setting : Declared.ALL) {
      if (given.hasMatchedOption(setting.flag())) {
        texts.put(setting.flag(), given.matchedOptionValue(setting.flag(), ""));
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

  private static OptionSpec flag(Setting<?> setting) {
    OptionSpec.Builder flag =
        OptionSpec.builder(setting.flag())
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

  private static String aliases() {
    return Declared.ALL.stream()
        .flatMap(
            setting ->
                setting.aliases().stream()
                    .map(alias -> "  " + alias.variable() + " (" + setting.key() + ")"))
        .collect(Collectors.joining("%n"));
  }
}
