package dev.rollcall.server.app;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.PercentEncoding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;

/// `rollcall channel`: lets a running server send a test on a channel, and shows what the receiver
/// answered; and shows what a channel would send.
///
/// @param directory the working directory
/// @param environment the environment of the process
record ChannelCommand(Path directory, Map<String, String> environment) {
  /// What is shown of the answer, in characters.
  private static final int LONGEST = 1_000;

  /// What one of the commands does with a channel.
  @FunctionalInterface
  private interface Asking {
    /// @param path of the channel in the API
    int run(RunningServer server, String path, PrintWriter out) throws InterruptedException;
  }

  /// The command `channel` with those below it.
  CommandSpec spec() {
    return Commands.group("channel", "Commands for the channels of a running server.")
        .addSubcommand(
            "test",
            command(
                "test",
                "Let a running server send a message that is marked as a test, and show what the"
                    + " receiver answered and how long it took. The exit status is 1 if the"
                    + " receiver did not take it.",
                ChannelCommand::test))
        .addSubcommand(
            "preview",
            command(
                "preview",
                "Show what a channel of a running server would send about the last incident, or"
                    + " about one that is made up if nothing was told yet. Nothing is sent. The"
                    + " exit status is 1 if a template fails.",
                ChannelCommand::preview));
  }

  private CommandSpec command(String name, String does, Asking asking) {
    return RunningServer.flags(
        Commands.command(name, does, given -> run(name, given, asking))
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("NAME")
                    .index("0")
                    .arity("1")
                    .required(true)
                    .type(String.class)
                    .description("the name of the channel")
                    .build()));
  }

  private int run(String command, ParseResult given, Asking asking) throws InterruptedException {
    CommandLine line = given.commandSpec().commandLine();
    RunningServer server;
    try {
      server = RunningServer.of(given, directory, environment);
    } catch (IllegalArgumentException e) {
      line.getErr().println("rollcall channel " + command + ": " + e.getMessage());
      return Command.MISTAKE;
    }
    String name = given.matchedPositionalValue(0, "");
    return asking.run(server, "/v1/channels/" + PercentEncoding.encode(name), line.getOut());
  }

  private static int test(RunningServer server, String path, PrintWriter out)
      throws InterruptedException {
    JsonNode test = server.post(path + "/test").at("/test/data");
    boolean sent = test.path("result").asString("").equals("sent");
    String said = test.path(sent ? "answer" : "reason").asString("");
    out.println(
        "%s after %.0f ms%s"
            .formatted(
                sent ? "sent" : "failed",
                test.path("took_ms").asDouble(0),
                said.isEmpty() ? "" : ": " + OneLine.of(said, LONGEST)));
    return sent ? Command.OK : Command.TROUBLE;
  }

  private static int preview(RunningServer server, String path, PrintWriter out)
      throws InterruptedException {
    JsonNode preview = server.get(path + "/preview").at("/preview/data");
    out.println(
        preview.path("real").asBoolean(false)
            ? "the last incident:"
            : "nothing was told yet, so this incident is made up:");
    int status = Command.OK;
    for (JsonNode message : preview.path("messages")) {
      out.println();
      out.println(OneLine.of(message.path("title").asString("")));
      message.path("body").asString("").lines().map(OneLine::of).forEach(out::println);
      Optional<String> problem = message.path("problem").asStringOpt();
      if (problem.isPresent()) {
        out.println(
            "(the template fails, so the usual text would be sent: "
                + OneLine.of(problem.get())
                + ")");
        status = Command.TROUBLE;
      }
    }
    return status;
  }
}
