package dev.rollcall.server.monitor.store;

/// A part of a list: at most `limit` rows after the first `offset`.
public record Slice(int limit, long offset) {
  /// Checks the numbers.
  public Slice {
    if (limit < 1 || offset < 0) {
      throw new IllegalArgumentException("no slice: limit " + limit + ", offset " + offset);
    }
  }

  /// Page `page` (1 is the first) of pages with `limit` rows.
  public static Slice ofPage(int page, int limit) {
    return new Slice(limit, (page - 1L) * limit);
  }
}
