package dev.rollcall.probes;

/// A range of HTTP status codes.
///
/// @param from the first, 100 to 999
/// @param to the last, itself included
public record StatusRange(int from, int to) {
  /// Validates the bounds.
  public StatusRange {
    if (from < 100 || to > 999 || from > to) {
      throw new IllegalArgumentException(
          "status %d-%d is no range between 100 and 999".formatted(from, to));
    }
  }

  /// Reads `200`, `200-299` or `2xx`.
  public static StatusRange parse(String text) {
    String range = text.strip();
    if (range.matches("[1-9][xX]{2}")) {
      int hundreds = (range.charAt(0) - '0') * 100;
      return new StatusRange(hundreds, hundreds + 99);
    }
    if (!range.matches("[0-9]{3}(-[0-9]{3})?")) {
      throw new IllegalArgumentException(
          "\"%s\" is no status; write 200, 200-299 or 2xx".formatted(text));
    }
    int from = Integer.parseInt(range, 0, 3, 10);
    return new StatusRange(from, range.length() == 3 ? from : Integer.parseInt(range, 4, 7, 10));
  }

  boolean contains(int status) {
    return from <= status && status <= to;
  }

  @Override
  public String toString() {
    if (from == 100 && to == 399) {
      return "below 400";
    }
    return from == to ? Integer.toString(from) : from + "-" + to;
  }
}
