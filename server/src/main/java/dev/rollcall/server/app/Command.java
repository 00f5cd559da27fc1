package dev.rollcall.server.app;

import picocli.CommandLine.ParseResult;

/// What one command of the command line does.
@FunctionalInterface
interface Command {
  /// Everything went as it was asked for.
  int OK = 0;

  /// Something kept it from being done, and somebody has to look.
  int TROUBLE = 1;

  /// The caller made a mistake, and was told which.
  int MISTAKE = 2;

  /// Does it.
  ///
  /// @param given the flags and arguments it was given
  /// @return the exit status
  /// @throws Trouble for what is nobody's bug
  int run(ParseResult given) throws InterruptedException;
}
