package dev.rollcall.server.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Rows that a terminal shows anew in their place. A row that is wider than the terminal is cut
/// before its edge, and those that are more than it shows at once are left out until the end: of
/// what wraps or has left the screen, the place is not known.
final class LiveTable {
  private final PrintWriter out;
  private final Supplier<TerminalSize> size;
  private int shown;

  LiveTable(PrintWriter out, Supplier<TerminalSize> size) {
    this.out = out;
    this.size = size;
  }

  /// How wide a column of names may be, so that the figures beside them are seen.
  ///
  /// @param longest the longest of the names
  int nameColumn(int longest) {
    return Math.clamp(longest, 4, Math.max(16, size.get().columns() / 2));
  }

  /// Shows these rows instead of those before.
  void show(List<String> rows) {
    int most = Math.max(2, size.get().rows() - 1);
    if (rows.size() <= most) {
      draw(rows);
    } else {
      List<String> first = new ArrayList<>(rows.subList(0, most - 1));
      first.add("... and %d more, at the end".formatted(rows.size() - first.size()));
      draw(first);
    }
  }

  /// Shows all rows; what comes next stands below them.
  void end(List<String> rows) {
    draw(rows);
    out.print(Terminal.CLEAR_BELOW);
    out.flush();
  }

  private void draw(List<String> rows) {
    if (shown > 0) {
      out.print(Terminal.up(shown));
    }
    int columns = size.get().columns();
    for (String row : rows) {
      out.print(cut(row.stripTrailing(), columns) + Terminal.CLEAR_BEHIND + "\n");
    }
    shown = rows.size();
    out.flush();
  }

  /// Half a figure would be another one.
  private static String cut(String row, int columns) {
    if (row.length() <= columns) {
      return row;
    }
    int end = row.lastIndexOf(' ', columns);
    return row.substring(0, end <= 0 ? columns : end).stripTrailing();
  }
}
