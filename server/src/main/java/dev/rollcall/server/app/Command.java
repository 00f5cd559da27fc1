package dev.rollcall.server.app;

import picocli.CommandLine.ParseResult;

/// A command of the command line.
@FunctionalInterface
interface Command {
  /// The exit status of success.
  int OK = 0;

  /// The exit status if it could not be done.
  int TROUBLE = 1;

  /// The exit status after a mistake of the caller, which was reported.
  int MISTAKE = 2;

  /// Runs the command.
  ///
  /// @param given the flags and arguments
  /// @return the exit status
  /// @throws CannotRun if it cannot be done for a reason that is no bug
  int run(ParseResult given) throws InterruptedException;
}
