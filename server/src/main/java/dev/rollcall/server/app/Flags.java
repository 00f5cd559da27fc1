package dev.rollcall.server.app;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.monitor.MonitorSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The flags of the declared settings, and the texts that were given for them.
final class Flags {
  private static final String CONFIG = "--config";
  private static final String CONFIG_OF_NODE = "config.yaml";

  private Flags() {}

  /// Adds `--config`, a flag for each setting that the command uses, and a footer about other ways
  /// to give them.
  ///
  /// @param name the name of the command, or of the command whose configuration it reads
  static CommandSpec configured(String name, CommandSpec command) {
    withFile(command);
    AllSettings.of(name).forEach(setting -> command.addOption(flag(name, setting)));
    command
        .usageMessage()
        .abbreviateSynopsis(true)
        .footer(
            "",
            "Each setting can also be given in the environment or in .env (%s is"
                .formatted(example(name).flag(name)),
            "%s there), or in rollcall.yaml (%s). The first"
                .formatted(example(name).variable(), example(name).key()),
            "of flag, environment, .env and rollcall.yaml counts. These older names come last,",
            "in the environment or in .env:",
            aliases(name),
            "",
            "A secret can be read from a file: %s gives its name, or"
                .formatted(WebSettings.TOKEN.fileVariable().orElseThrow()),
            "${file:/path} in rollcall.yaml, where ${NAME} is a variable. Services, channels and",
            "providers of single sign-on (accounts.sso) are listed there only. All settings:",
            "docs/settings.md");
    return command;
  }

  /// Adds `--config`.
  static CommandSpec withFile(CommandSpec command) {
    return command.addOption(
        OptionSpec.builder(CONFIG)
            .paramLabel("FILE")
            .type(String.class)
            .description(
                "configuration file, which must exist; default rollcall.yaml, if it exists")
            .build());
  }

  /// The texts that were given, by flag.
  static Map<String, String> texts(String name, ParseResult given) {
    Map<String, String> texts = new HashMap<>();
    for (String flag : names(name).values()) {
      if (given.hasMatchedOption(flag)) {
        texts.put(flag, given.matchedOptionValue(flag, ""));
      }
    }
    return texts;
  }

  /// The flags of the command by the keys of their settings.
  static Map<String, String> names(String command) {
    return AllSettings.of(command).stream()
        .collect(Collectors.toMap(Setting::key, setting -> setting.flag(command)));
  }

  /// A setting whose flag differs from its key, as an example.
  private static Setting<?> example(String command) {
    return AllSettings.of(command).stream()
        .filter(setting -> setting.key().startsWith(command + "."))
        .findFirst()
        .orElse(MonitorSettings.INTERVAL);
  }

  /// The configuration files to read. Without `rollcall.yaml`, a node reads `config.yaml`, if there
  /// is one.
  static ConfigFiles files(
      String command, ParseResult given, Path directory, Map<String, String> environment) {
    String inEnvironment = environment.getOrDefault(Configuration.FILE_VARIABLE, "");
    String named = given.matchedOptionValue(CONFIG, inEnvironment);
    if (!named.isBlank()) {
      return new ConfigFiles(directory, Optional.of(Path.of(named)));
    }
    ConfigFiles usual = new ConfigFiles(directory, Optional.empty());
    boolean ofNode =
        command.equals(AllSettings.MEASURE)
            && Files.notExists(usual.yaml())
            && Files.exists(directory.resolve(CONFIG_OF_NODE));
    return ofNode ? new ConfigFiles(directory, Optional.of(Path.of(CONFIG_OF_NODE))) : usual;
  }

  private static OptionSpec flag(String command, Setting<?> setting) {
    OptionSpec.Builder flag =
        OptionSpec.builder(spellings(setting.flag(command)))
            .type(String.class)
            .paramLabel(setting.type().label())
            .description(
                setting.standard().isEmpty()
                    ? AllSettings.help(command, setting)
                    : setting.help() + "; default " + setting.standard());
    if (setting.standard().equals("false")) {
      flag.arity("0..1").fallbackValue("true");
    }
    return flag.build();
  }

  /// One flag also has a short form.
  private static String[] spellings(String flag) {
    return flag.equals("--verbose") ? new String[] {"-v", flag} : new String[] {flag};
  }

  private static String aliases(String command) {
    return AllSettings.of(command).stream()
        .flatMap(
            setting ->
                setting.aliases().stream()
                    .map(alias -> "  " + alias.variable() + " (" + setting.key() + ")"))
        .collect(Collectors.joining("%n"));
  }
}
