package dev.rollcall.server.collector;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The settings of the collector.
///
/// @param folder where the results files are; absolute
/// @param mostBytes the largest size of a file with its log
/// @param mostAge the longest time for which a file is written
/// @param keep how many files stay, including the current one
/// @param hopMemory how many addresses are remembered
public record CollectorSettings(
    Path folder, long mostBytes, Duration mostAge, int keep, int hopMemory) {
  /// The folder of the results files.
  public static final Setting<Path> FOLDER =
      Setting.of(
          "collect.db-dir",
          ValueType.path(),
          "./output_data",
          "folder of the results files; serve has it in its data folder unless it is set");

  private static final Setting<Integer> MAX_SIZE =
      Setting.of(
          "collect.max-size-mb",
          ValueType.number(1, 1_000_000),
          "100",
          "size in MiB at which a new results file is started");
  private static final Setting<Integer> ROTATION =
      Setting.of(
          "collect.rotation-days",
          ValueType.number(1, 36_500),
          "7",
          "age in days at which a new results file is started");
  private static final Setting<Integer> KEEP =
      Setting.of(
          "collect.keep-files",
          ValueType.number(1, 10_000),
          "5",
          "number of results files to keep, including the current one");
  private static final Setting<Integer> HOP_MEMORY =
      Setting.of(
          "collect.hop-memory",
          ValueType.number(1, 20_000_000),
          "1000000",
          "number of hop addresses to remember; the least recently seen is forgotten first");
  private static final long MEBIBYTE = 1024 * 1024;

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(FOLDER, MAX_SIZE, ROTATION, KEEP, HOP_MEMORY);

  /// The settings with these values.
  ///
  /// @param directory where a relative folder starts
  public static CollectorSettings of(Values values, Path directory) {
    return new CollectorSettings(
        directory.resolve(values.of(FOLDER)).normalize().toAbsolutePath(),
        values.of(MAX_SIZE) * MEBIBYTE,
        Duration.ofDays(values.of(ROTATION)),
        values.of(KEEP),
        values.of(HOP_MEMORY));
  }
}
