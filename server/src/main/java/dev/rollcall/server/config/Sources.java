package dev.rollcall.server.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// All places where a setting may be given, in this order of precedence: flags, environment,
/// `.env`, the configuration file, then older names in the environment and `.env`, then the
/// default.
///
/// Every value under one of Rollcall's own names is checked, even if another place takes
/// precedence. An older name is read only if nothing else gives the setting, since other programs
/// may use it for something else, such as `DEBUG`.
public final class Sources {
  private static final int LARGEST_VARIABLES = 64 * 1024;

  private final Map<String, String> flagNames;
  private final Map<String, GivenValue> flags;
  private final Map<String, GivenValue> environment;
  private final Map<String, GivenValue> dotEnv;
  private final YamlFile yaml;
  private final Set<Path> named;
  private final Optional<String> blank;
  private final Mistakes mistakes;

  private Sources(
      Map<String, String> flagNames,
      Map<String, GivenValue> flags,
      Map<String, GivenValue> environment,
      Map<String, GivenValue> dotEnv,
      YamlFile yaml,
      Set<Path> named,
      Optional<String> blank,
      Mistakes mistakes) {
    this.flagNames = Map.copyOf(flagNames);
    this.flags = flags;
    this.environment = environment;
    this.dotEnv = dotEnv;
    this.yaml = yaml;
    this.named = named;
    this.blank = blank;
    this.mistakes = mistakes;
  }

  /// Reads what can be read before the settings are known.
  ///
  /// @param flagNames the flags of this command, by the key of their setting
  /// @param flags texts by flag: `--port`
  /// @param environment the environment of the process
  public static Sources read(
      Map<String, String> flagNames,
      Map<String, String> flags,
      Map<String, String> environment,
      ConfigFiles files,
      Mistakes mistakes) {
    Map<String, GivenValue> variables = given("environment", environment);
    Map<String, GivenValue> dotEnv =
        text(files.dotEnv(), ".env", LARGEST_VARIABLES, mistakes)
            .map(text -> DotEnv.read(".env", text, variables, mistakes))
            .orElse(Map.of());
    if (files.named().isPresent() && Files.notExists(files.yaml())) {
      mistakes
          .within(path -> files.label())
          .add("file", "does not exist: name one that does with --config or ROLLCALL_CONFIG");
    }
    References references = new References(files.directory(), variables, dotEnv);
    YamlFile yaml =
        text(files.yaml(), files.label(), YamlFile.LARGEST, mistakes)
            .map(text -> YamlFile.read(files.label(), text, references, mistakes))
            .orElseGet(() -> YamlFile.empty(files.label()));
    return new Sources(
        flagNames,
        given("command line", flags),
        variables,
        dotEnv,
        yaml,
        references.files(),
        blank(files, yaml),
        mistakes);
  }

  private static Optional<String> blank(ConfigFiles files, YamlFile yaml) {
    if (!yaml.root().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Files.notExists(files.yaml()) ? "does not exist" : "is empty");
  }

  /// A section of definitions, such as `services` or `accounts.sso`; an empty list if there is
  /// none.
  public JsonNode section(String name) {
    JsonNode section = yaml.root();
    for (String key : name.split("\\.", -1)) {
      section = section.path(key);
    }
    return section.isMissingNode() || section.isNull()
        ? JsonNodeFactory.instance.arrayNode()
        : section;
  }

  /// Why the configuration file contains nothing, if it contains nothing.
  public Optional<String> blank() {
    return blank;
  }

  /// The files in references of the configuration file, including missing ones.
  public Set<Path> named() {
    return named;
  }

  /// Collects mistakes in the configuration file, by path.
  public Mistakes inFile() {
    return mistakes.within(yaml::where);
  }

  /// The value of each setting. A setting with an invalid value gets its default, and a mistake is
  /// added.
  ///
  /// @param others variables that start with `ROLLCALL_` and are no settings
  public Values resolve(List<Setting<?>> settings, List<String> others) {
    return resolve(settings, others, "");
  }

  /// The same for a file that may leave out one section: `output_file` at its top, also with `_`
  /// for `-`, is `measure.output-file`, unless a setting without a section has that name.
  public Values resolve(List<Setting<?>> settings, List<String> others, String section) {
    Map<String, GivenValue> inFile = settingsInFile(settings, section);
    unknownVariables(settings, others);
    Map<String, Object> values = new HashMap<>();
    Map<String, GivenValue> strongest = new HashMap<>();
    for (Setting<?> setting : settings) {
      List<Value> given = values(setting, Optional.ofNullable(inFile.get(setting.key())));
      if (given.isEmpty()) {
        values.put(setting.key(), setting.type().parse(setting.standard()));
      } else {
        values.put(setting.key(), given.getFirst().value());
        strongest.put(setting.key(), given.getFirst().given());
      }
    }
    return new Values(values, strongest);
  }

  /// A parsed value, and the text it comes from.
  private record Value(Object value, GivenValue given) {}

  /// The valid values of a setting, the one that takes precedence first.
  private List<Value> values(Setting<?> setting, Optional<GivenValue> inFile) {
    List<GivenValue> all = new ArrayList<>();
    Optional.ofNullable(flagNames.get(setting.key())).map(flags::get).ifPresent(all::add);
    variable(setting, environment).ifPresent(all::add);
    variable(setting, dotEnv).ifPresent(all::add);
    inFile.ifPresent(all::add);
    if (all.isEmpty()) {
      return aliased(setting);
    }
    return all.stream().flatMap(given -> parse(setting, given, Optional::of).stream()).toList();
  }

  private List<Value> aliased(Setting<?> setting) {
    return Stream.of(environment, dotEnv)
        .flatMap(
            variables ->
                setting.aliases().stream()
                    .flatMap(
                        alias ->
                            notBlank(variables.get(alias.variable()))
                                .flatMap(given -> parse(setting, given, alias.translation()))
                                .stream()))
        .toList();
  }

  /// The value of a text after its translation; empty if the text does not concern the setting, or
  /// is invalid, which adds a mistake.
  private Optional<Value> parse(
      Setting<?> setting, GivenValue given, Function<String, Optional<String>> translation) {
    try {
      return translation
          .apply(given.text())
          .map(text -> new Value(setting.type().parse(text), given));
    } catch (IllegalArgumentException e) {
      given.wrong(mistakes, setting.isSecret(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /// The value of a variable, or of the file in its `_FILE` variant. An empty variable counts as
  /// not given, as Compose and systemd may set variables to nothing.
  private Optional<GivenValue> variable(Setting<?> setting, Map<String, GivenValue> variables) {
    Optional<GivenValue> plain = notBlank(variables.get(setting.variable()));
    Optional<GivenValue> inFile =
        setting.fileVariable().flatMap(name -> notBlank(variables.get(name)));
    if (plain.isPresent() && inFile.isPresent()) {
      inFile
          .get()
          .wrong(
              mistakes,
              false,
              "is given together with " + setting.variable() + ": remove one of them");
      return plain;
    }
    return inFile.isPresent() ? inFile.flatMap(this::content) : plain;
  }

  private Optional<GivenValue> content(GivenValue given) {
    try {
      return TextFile.read(
              Path.of(given.text()),
              LARGEST_VARIABLES,
              wrong -> given.wrong(mistakes, false, wrong))
          .map(text -> new GivenValue(given.where(), given.name(), text.stripTrailing()));
    } catch (InvalidPathException e) {
      given.wrong(mistakes, false, "is no path: name a text file");
      return Optional.empty();
    }
  }

  private Map<String, GivenValue> settingsInFile(List<Setting<?>> settings, String section) {
    Map<String, Setting<?>> byKey =
        settings.stream().collect(Collectors.toMap(Setting::key, Function.identity()));
    Map<String, GivenValue> found = new LinkedHashMap<>();
    Map<String, String> shortened = new LinkedHashMap<>();
    Set<String> shortKeys =
        byKey.keySet().stream()
            .filter(key -> !section.isEmpty() && key.startsWith(section + "."))
            .map(key -> key.substring(section.length() + 1).replace('-', '_'))
            .collect(Collectors.toSet());
    for (Map.Entry<String, JsonNode> property : yaml.root().properties()) {
      String key = property.getKey();
      String whole = section + "." + key.replace('_', '-');
      boolean isShort = byKey.containsKey(whole) && !byKey.containsKey(key);
      if (!section.isEmpty() && isShort && !property.getValue().isObject()) {
        shortened.put(key, whole);
      } else {
        collect(key, property.getValue(), byKey, shortKeys, found);
      }
    }
    shortened.forEach((key, whole) -> shortened(key, whole, found));
    return found;
  }

  /// Reads a key at the top of the file that belongs into a section.
  private void shortened(String key, String whole, Map<String, GivenValue> found) {
    text(key, yaml.root().path(key))
        .ifPresent(
            text -> {
              if (found.putIfAbsent(whole, new GivenValue(yaml.where(key), key, text)) != null) {
                inFile().add(key, "is given twice: remove it, or " + whole);
              }
            });
  }

  /// @param shortKeys what may stand at the top of the file besides the settings
  private void collect(
      String path,
      JsonNode node,
      Map<String, Setting<?>> byKey,
      Set<String> shortKeys,
      Map<String, GivenValue> found) {
    if (YamlFile.SECTIONS.contains(path)) {
      return;
    }
    Setting<?> setting = byKey.get(path);
    boolean section = byKey.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
    if (setting == null && !section) {
      Set<String> known = new TreeSet<>(byKey.keySet());
      byKey.keySet().stream()
          .filter(key -> key.contains("."))
          .map(key -> key.substring(0, key.indexOf('.')))
          .forEach(known::add);
      known.addAll(YamlFile.SECTIONS);
      known.addAll(shortKeys);
      inFile().add(path, "unknown key" + Mistakes.suggestion(path, known));
    } else if (node.isObject() && section) {
      node.properties()
          .forEach(p -> collect(path + "." + p.getKey(), p.getValue(), byKey, shortKeys, found));
    } else if (setting == null) {
      if (!node.isNull()) {
        inFile().add(path, "is a section: put its keys beneath it, indented");
      }
    } else {
      text(path, node)
          .ifPresent(text -> found.put(path, new GivenValue(yaml.where(path), path, text)));
    }
  }

  /// The text of a value: a scalar, or a list of scalars joined with commas.
  private Optional<String> text(String path, JsonNode node) {
    if (node.isString()) {
      return Optional.of(node.stringValue());
    }
    if (node.isArray() && node.valueStream().allMatch(JsonNode::isString)) {
      return Optional.of(
          node.valueStream().map(JsonNode::stringValue).collect(Collectors.joining(",")));
    }
    inFile()
        .add(
            path,
            node.isNull()
                ? "is empty: give a value or remove it"
                : "is no single value: write it on one line");
    return Optional.empty();
  }

  private void unknownVariables(List<Setting<?>> settings, List<String> others) {
    List<String> known = new ArrayList<>(others);
    for (Setting<?> setting : settings) {
      known.add(setting.variable());
      setting.fileVariable().ifPresent(known::add);
    }
    for (Map<String, GivenValue> variables : List.of(environment, dotEnv)) {
      variables.values().stream()
          .filter(given -> given.name().startsWith("ROLLCALL_") && !known.contains(given.name()))
          .forEach(
              given ->
                  mistakes
                      .within(path -> given.where())
                      .add(
                          given.name(),
                          "unknown variable" + Mistakes.suggestion(given.name(), known)));
    }
  }

  private static Optional<GivenValue> notBlank(@Nullable GivenValue given) {
    return Optional.ofNullable(given).filter(it -> !it.text().isBlank());
  }

  private static Map<String, GivenValue> given(String where, Map<String, String> texts) {
    Map<String, GivenValue> given = new LinkedHashMap<>();
    texts.forEach((name, text) -> given.put(name, new GivenValue(where, name, text)));
    return given;
  }

  /// The text of a file that may be missing. One behind a loop of links, or in a folder that this
  /// user may not enter, is not missing: it cannot be read.
  private static Optional<String> text(Path file, String label, int largest, Mistakes mistakes) {
    Mistakes here = mistakes.within(path -> label);
    return Files.notExists(file)
        ? Optional.empty()
        : TextFile.read(file, largest, wrong -> here.add("file", wrong));
  }
}
