package dev.rollcall.server.app;

import dev.rollcall.server.config.OneLine;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `rollcall maintenance`: starts, ends and lists maintenance of a running server.
///
/// @param directory the working directory
/// @param environment the environment of the process
record MaintenanceCommand(Path directory, Map<String, String> environment) {
  private static final int LONGEST = 100;

  /// What one of the commands does with the server.
  @FunctionalInterface
  private interface Asking {
    int run(RunningServer server, ParseResult given, CommandLine line) throws InterruptedException;
  }

  /// The command `maintenance` with those below it.
  CommandSpec spec() {
    CommandSpec start =
        command(
                "start",
                "Tell nobody of some services and jobs from now on. Prints the id.",
                MaintenanceCommand::start)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("TITLE")
                    .index("0")
                    .arity("0..1")
                    .type(String.class)
                    .description("what is done: \"new disks\"")
                    .build())
            .addOption(names("--name", "NAME", "a service or job; * stands for any characters"))
            .addOption(names("--tag", "TAG", "those with this tag"))
            .addOption(names("--group", "GROUP", "those in this group"))
            .addOption(OptionSpec.builder("--all").description("all of them").build())
            .addOption(
                OptionSpec.builder("--for")
                    .paramLabel("DURATION")
                    .type(String.class)
                    .description("how long, such as 30m (default: until it is ended)")
                    .build());
    CommandSpec end =
        command("end", "End it now.", MaintenanceCommand::end)
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("ID")
                    .index("0")
                    .arity("1")
                    .required(true)
                    .type(Long.class)
                    .description("which one, as start and list print it")
                    .build());
    CommandSpec list =
        command(
            "list",
            "Show the newest that were made by commands, the API and pages.",
            MaintenanceCommand::list);
    return Commands.group("maintenance", "Commands for the maintenance of a running server.")
        .addSubcommand("start", start)
        .addSubcommand("end", end)
        .addSubcommand("list", list);
  }

  private static OptionSpec names(String name, String label, String what) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .description(what + "; may be given several times")
        .build();
  }

  private CommandSpec command(String name, String does, Asking asking) {
    return RunningServer.flags(
        Commands.command(
            name,
            does,
            given -> {
              CommandLine line = given.commandSpec().commandLine();
              RunningServer server;
              try {
                server = RunningServer.of(given, directory, environment);
              } catch (IllegalArgumentException e) {
                line.getErr().println("rollcall maintenance " + name + ": " + e.getMessage());
                return Command.MISTAKE;
              }
              return asking.run(server, given, line);
            }));
  }

  private static int start(RunningServer server, ParseResult given, CommandLine line)
      throws InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    String title = given.matchedPositionalValue(0, "");
    if (!title.isEmpty()) {
      body.put("title", title);
    }
    add(body, "names", given, "--name");
    add(body, "tags", given, "--tag");
    add(body, "groups", given, "--group");
    if (given.hasMatchedOption("--all")) {
      body.put("all", true);
    }
    String length = given.matchedOptionValue("--for", "");
    if (!length.isEmpty()) {
      body.put("for", length);
    }
    JsonNode made = server.post("/v1/maintenance", body).at("/maintenance/data");
    line.getOut().println(made.path("id").asLong());
    made.path("hint").asStringOpt().ifPresent(hint -> line.getErr().println(OneLine.of(hint)));
    return Command.OK;
  }

  private static void add(ObjectNode body, String key, ParseResult given, String flag) {
    List<String> values = given.matchedOptionValue(flag, List.of());
    if (!values.isEmpty()) {
      ArrayNode list = body.putArray(key);
      values.forEach(list::add);
    }
  }

  private static int end(RunningServer server, ParseResult given, CommandLine line)
      throws InterruptedException {
    long id = given.matchedPositionalValue(0, 0L);
    server.post("/v1/maintenance/" + id + "/end");
    line.getOut().println("ended");
    return Command.OK;
  }

  private static int list(RunningServer server, ParseResult given, CommandLine line)
      throws InterruptedException {
    for (JsonNode one : server.get("/v1/maintenance").at("/maintenance/data")) {
      line.getOut()
          .println(
              "%d %s %s: %s%s"
                  .formatted(
                      one.path("id").asLong(),
                      one.path("state").asString(""),
                      OneLine.of(one.path("title").asString("maintenance"), LONGEST),
                      OneLine.of(covered(one), LONGEST),
                      when(one)));
    }
    return Command.OK;
  }

  private static String covered(JsonNode one) {
    List<String> words = new ArrayList<>();
    for (String key : List.of("names", "tags", "groups")) {
      JsonNode values = one.path(key);
      if (values.isArray()) {
        values.forEach(value -> words.add(value.asString("")));
      } else if (values.isString()) {
        words.add(values.stringValue());
      }
    }
    return words.isEmpty() ? "everything" : String.join(", ", words);
  }

  private static String when(JsonNode one) {
    if (one.has("schedule")) {
      return ", %s for %s"
          .formatted(one.path("schedule").asString(""), one.path("for").asString(""));
    }
    String made = Instant.ofEpochSecond(one.path("created_at").asLong()).toString();
    String from = one.has("from") ? one.path("from").asString("") : made;
    if (one.hasNonNull("ended_at")) {
      return ", from %s, ended %s"
          .formatted(from, Instant.ofEpochSecond(one.path("ended_at").asLong()));
    }
    String end = one.has("for") ? " for " + one.path("for").asString("") : " until it is ended";
    return ", from " + from + (one.has("to") ? " to " + one.path("to").asString("") : end);
  }
}
