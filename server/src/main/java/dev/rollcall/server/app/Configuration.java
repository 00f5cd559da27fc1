package dev.rollcall.server.app;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Sources;
import dev.rollcall.server.config.Values;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Everything an operator said: settings and services, read together and right as a whole.
///
/// @param file what the configuration file is called
/// @param blank why the configuration file gives nothing at all, where it gives nothing: `is empty`
/// @param values the settings by key, before they became records
record Configuration<S>(
    String file, Optional<String> blank, ServeSettings settings, Values values, List<S> services) {
  /// The variable that stands for `--config`.
  static final String FILE_VARIABLE = "ROLLCALL_CONFIG";

  /// Variables that look like settings and are none; the second is for the script that starts java.
  private static final List<String> OTHER_VARIABLES = List.of(FILE_VARIABLE, "ROLLCALL_JAVA_OPTS");

  Configuration {
    services = List.copyOf(services);
  }

  /// Where a configuration comes from; reading it again sees what changed in the files.
  ///
  /// @param command the command that was given
  /// @param flags texts by flag: `--port`
  /// @param environment the process's environment
  record Origin<S>(
      String command,
      Map<String, String> flags,
      Map<String, String> environment,
      ConfigFiles files,
      ServiceReader<S> reader) {
    /// Of `serve`.
    Origin(
        Map<String, String> flags,
        Map<String, String> environment,
        ConfigFiles files,
        ServiceReader<S> reader) {
      this(AllSettings.SERVE, flags, environment, files, reader);
    }

    /// The configuration, or nothing when anything is wrong with it: then `mistakes` says what.
    Optional<Configuration<S>> read(Mistakes mistakes) {
      return read(mistakes, _ -> {});
    }

    /// The same.
    ///
    /// @param named takes the files that values in the configuration file name, right or wrong
    Optional<Configuration<S>> read(Mistakes mistakes, Consumer<Set<Path>> named) {
      Sources sources = Sources.read(Flags.names(command), flags, environment, files, mistakes);
      named.accept(sources.named());
      Values values = sources.resolve(AllSettings.ALL, OTHER_VARIABLES);
      List<S> services = reader.read(values, sources.services(), sources.inFile());
      AllSettings.contradictions(command, values, mistakes);
      return mistakes.isEmpty()
          ? Optional.of(
              new Configuration<>(
                  files.label(),
                  sources.blank(),
                  AllSettings.settings(command, values, files.directory()),
                  values,
                  services))
          : Optional.empty();
    }
  }
}
