package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall help`: the help of a command, or of all.
final class HelpCommand implements Command {
  CommandSpec spec() {
    return Commands.command("help", "Show the help of a command.", this)
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("COMMAND")
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("the command, such as serve")
                .build());
  }

  @Override
  public int run(ParseResult given) {
    CommandLine line = given.commandSpec().commandLine();
    CommandLine about = line.getParent();
    for (String name : given.matchedPositionalValue(0, List.<String>of())) {
      CommandLine next = about.getSubcommands().get(name);
      if (next == null) {
        Mistakes mistake = new Mistakes();
        mistake.add(name, "unknown command" + Commands.suggestion(name, about));
        mistake.lines().forEach(text -> line.getErr().println("rollcall help: " + text));
        return MISTAKE;
      }
      about = next;
    }
    about.usage(line.getOut());
    return OK;
  }
}
