package dev.rollcall.server.app;

import dev.rollcall.server.merge.CannotMerge;
import dev.rollcall.server.merge.Merge;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall merge`: joins files of collectors into one.
///
/// @param directory the working directory
record MergeCommand(Path directory) implements Command {
  /// The command with its parameters.
  CommandSpec spec() {
    return Commands.command("merge", "Join files of collectors into one file for analysis.", this)
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("OUT.db")
                .index("0")
                .arity("1")
                .type(Path.class)
                .description("output file; it may contain merged files already")
                .build())
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("FILE")
                .index("1..*")
                .arity("1..*")
                .type(List.class)
                .auxiliaryTypes(Path.class)
                .description("files of collectors, or merged files; they are only read")
                .build());
  }

  @Override
  public int run(ParseResult given) {
    CommandLine line = given.commandSpec().commandLine();
    Path out = directory.resolve(given.<Path>matchedPositionalValue(0, Path.of("")));
    List<Path> files =
        given.<List<Path>>matchedPositionalValue(1, List.of()).stream()
            .map(directory::resolve)
            .toList();
    if (files.isEmpty()) {
      line.getErr().println("rollcall merge: FILE: is missing: name the files to join");
      return MISTAKE;
    }
    if (files.stream().anyMatch(file -> Merge.same(out, file))) {
      line.getErr()
          .println(
              "rollcall merge: "
                  + out
                  + ": is also among the files: name a new one to join them into");
      return MISTAKE;
    }
    try {
      Merge.Report report =
          new Merge(out, new MergeProgress(line.getErr(), files.size())).run(files);
      line.getOut()
          .println(
              "%s: %d results added, %d of %d files left out"
                  .formatted(out, report.added(), report.leftOut(), files.size()));
      return report.leftOut() == 0 ? OK : TROUBLE;
    } catch (CannotMerge e) {
      throw new CannotRun(String.valueOf(e.getMessage()));
    }
  }
}
