package dev.rollcall.server.merge;

/// The rows of one collector's file, wherever they stand: in that file, or in a merged one. A
/// merged file keeps those of its file number n at n * 2^32 and the id they had.
///
/// @param base what was added to the ids
/// @param name the file they came from
record Part(long base, String name) {
  /// Ids of one collector's file are below this: four billion rows are some hundred gigabytes.
  static final long IDS = 1L << 32;

  static Part ofNumber(long number, String name) {
    return new Part(number * IDS, name);
  }

  /// The last id that may be one of its rows.
  long last() {
    return base + IDS - 1;
  }
}
