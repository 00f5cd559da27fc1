package dev.rollcall.server.terminal;

import java.io.Console;
import java.util.Optional;

/// Where the output goes.
public final class Terminal {
  /// Removes what is from here on: the `^C` of a terminal, for example.
  static final String CLEAR_BELOW = "\033[J";

  /// Removes what is behind the text in its row.
  static final String CLEAR_BEHIND = "\033[K";

  private Terminal() {}

  /// Whether a person sees it: neither a file nor another program gets it.
  public static boolean isThere() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  /// Goes up to the beginning of a row. Where the terminal has shown `^C`, the next text would else
  /// begin behind it.
  static String up(int rows) {
    return "\r\033[%dA".formatted(rows);
  }

  /// A text in a column: as wide as this, and cut where it is wider.
  static String column(String text, int width) {
    return text.length() >= width
        ? text.substring(0, width)
        : text + " ".repeat(width - text.length());
  }
}
