package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.OneLine;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Builds a command line whose commands have the same form of help and of messages about mistakes.
final class Commands {
  private static final String DID_YOU_MEAN = ", did you mean ";
  private static final System.Logger LOG = System.getLogger(Commands.class.getName());

  private Commands() {}

  /// A command with `--help`.
  static CommandSpec command(String name, String does, Command command) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(command);
    spec.name(name);
    spec.usageMessage().description(does).width(100).sortOptions(false);
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
    return spec;
  }

  /// A command that only groups others. Without one of them it shows its help, as a mistake.
  static CommandSpec group(String name, String does) {
    return command(
        name,
        does,
        given -> {
          CommandLine line = given.commandSpec().commandLine();
          line.usage(line.getErr());
          return Command.MISTAKE;
        });
  }

  /// The command line with `root` at its top, ready to execute arguments.
  static CommandLine line(CommandSpec root) {
    return new CommandLine(root)
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
        .setInterpolateVariables(false) // ${NAME} in help texts is shown as it is
        .setExpandAtFiles(false)
        .setParameterExceptionHandler((mistake, arguments) -> mistake(mistake))
        .setExecutionStrategy(Commands::run);
  }

  private static int run(ParseResult given) {
    ParseResult innermost = given;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    CommandSpec spec = innermost.commandSpec();
    List<String> unknown = innermost.unmatched();
    if (!unknown.isEmpty() && !spec.subcommands().isEmpty()) { // an unknown command with --help
      return mistake(new UnmatchedArgumentException(spec.commandLine(), unknown));
    }
    Integer helped = CommandLine.executeHelpRequest(given);
    if (helped != null) {
      return helped;
    }
    try {
      return ((Command) spec.userObject()).run(innermost);
    } catch (CannotRun e) {
      spec.commandLine()
          .getErr()
          .println("rollcall: " + OneLine.of(String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "this is a bug in Rollcall", e);
    }
    return Command.TROUBLE;
  }

  private static int mistake(ParameterException mistake) {
    CommandLine line = mistake.getCommandLine();
    line.getErr()
        .println(line.getCommandSpec().qualifiedName() + ": " + OneLine.of(words(mistake)));
    return Command.MISTAKE;
  }

  private static String words(ParameterException mistake) {
    CommandLine line = mistake.getCommandLine();
    return switch (mistake) {
      case UnmatchedArgumentException unmatched -> {
        String given = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
        if (given.startsWith("-")) {
          yield given + ": unknown flag" + flagSuggestion(given, line);
        }
        String what = line.getSubcommands().isEmpty() ? "argument" : "command";
        yield given + ": unknown " + what + suggestion(given, line);
      }
      case OverwrittenOptionException twice ->
          ((OptionSpec) twice.getOverwritten()).longestName() + ": is given twice: give it once";
      case MissingParameterException missing when !missing.getMissing().isEmpty() -> {
        ArgSpec first = missing.getMissing().getFirst();
        yield first instanceof OptionSpec option
            ? option.longestName()
                + ": has no value: write "
                + option.longestName()
                + "="
                + option.paramLabel()
            : first.paramLabel()
                + ": is missing: see "
                + line.getCommandSpec().qualifiedName()
                + " --help";
      }
      default -> String.valueOf(mistake.getMessage());
    };
  }

  /// The end of a message about a word that is no command of `line`.
  static String suggestion(String given, CommandLine line) {
    List<String> flags = line.getCommandSpec().optionsMap().keySet().stream().sorted().toList();
    String meant = Mistakes.suggestion(given, flags);
    List<String> commands =
        line.getSubcommands().entrySet().stream()
            .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
            .map(Map.Entry::getKey)
            .toList();
    if (commands.isEmpty()) {
      return meant.startsWith(DID_YOU_MEAN) ? meant : ": remove it";
    }
    String command = Mistakes.suggestion(given, commands);
    return !command.startsWith(DID_YOU_MEAN) && meant.startsWith(DID_YOU_MEAN) ? meant : command;
  }

  /// A flag of a command that was written before the command gets a hint to write it after it.
  private static String flagSuggestion(String given, CommandLine line) {
    return line.getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(command -> !command.usageMessage().hidden())
        .filter(command -> command.optionsMap().containsKey(given))
        .findFirst()
        .map(
            command ->
                ": write it after the command, as in " + command.qualifiedName() + " " + given)
        .orElseGet(
            () ->
                Mistakes.suggestion(
                    given,
                    line.getCommandSpec().optionsMap().keySet(),
                    line.getCommandSpec().qualifiedName() + " --help"));
  }
}
