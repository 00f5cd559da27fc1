package dev.rollcall.server.terminal;

import java.io.Console;
import java.util.Optional;

/// Where the output goes.
public final class Terminal {
  private Terminal() {}

  /// Whether a person sees it: neither a file nor another program gets it.
  public static boolean isThere() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}
