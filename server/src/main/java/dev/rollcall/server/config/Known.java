package dev.rollcall.server.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What one command knows of the configuration.
///
/// @param section the section whose name its flags leave out: of section `collect`, `collect.port`
///   is `--port`; empty for a command whose flags are whole keys
/// @param settings those the command has
/// @param foreign those that other commands have: they may stand in the file and in the
///   environment, and say nothing here
public record Known(String section, List<Setting<?>> settings, List<Setting<?>> foreign) {
  public Known {
    settings = List.copyOf(settings);
    foreign = List.copyOf(foreign);
  }

  /// The flag of a setting on this command's line.
  public String flag(Setting<?> setting) {
    String prefix = "--" + section + "-";
    String flag = setting.flag();
    return setting.key().startsWith(section + ".") ? "--" + flag.substring(prefix.length()) : flag;
  }

  /// Every setting that may be given, in each form in which a command has it.
  List<Setting<?>> all() {
    return Stream.concat(settings.stream(), foreign.stream()).distinct().toList();
  }

  /// The same, each key once: as this command has it where it does.
  List<Setting<?>> keys() {
    Set<String> own = settings.stream().map(Setting::key).collect(Collectors.toSet());
    return Stream.concat(
            settings.stream(), foreign.stream().filter(setting -> own.add(setting.key())))
        .toList();
  }
}
