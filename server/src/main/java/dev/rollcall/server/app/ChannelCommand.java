package dev.rollcall.server.app;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.PercentEncoding;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;

/// `rollcall channel test`: lets a running server send a test on a channel, and shows what the
/// receiver answered.
///
/// @param directory the working directory
record ChannelCommand(Path directory) implements Command {
  /// What is shown of the answer, in characters.
  private static final int LONGEST = 1_000;

  /// The command `channel` with those below it.
  CommandSpec spec() {
    CommandSpec test =
        Commands.command(
                "test",
                "Let a running server send a message that is marked as a test, and show what the"
                    + " receiver answered and how long it took. The exit status is 1 if the"
                    + " receiver did not take it.",
                this)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("NAME")
                    .index("0")
                    .arity("1")
                    .required(true)
                    .type(String.class)
                    .description("the name of the channel")
                    .build());
    return Commands.group("channel", "Commands for the channels of a running server.")
        .addSubcommand("test", RunningServer.flags(test));
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    CommandLine line = given.commandSpec().commandLine();
    String name = given.matchedPositionalValue(0, "");
    RunningServer server;
    try {
      server = RunningServer.of(given, directory);
    } catch (IllegalArgumentException e) {
      line.getErr().println("rollcall channel test: " + e.getMessage());
      return MISTAKE;
    }
    JsonNode test =
        server.post("/v1/channels/" + PercentEncoding.encode(name) + "/test").at("/test/data");
    boolean sent = test.path("result").asString("").equals("sent");
    String said = test.path(sent ? "answer" : "reason").asString("");
    line.getOut()
        .println(
            "%s after %.0f ms%s"
                .formatted(
                    sent ? "sent" : "failed",
                    test.path("took_ms").asDouble(0),
                    said.isEmpty() ? "" : ": " + OneLine.of(said, LONGEST)));
    return sent ? OK : TROUBLE;
  }
}
