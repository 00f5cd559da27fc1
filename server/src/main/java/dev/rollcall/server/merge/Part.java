package dev.rollcall.server.merge;

/// The rows of one collector's file, in that file or in a merged one. In a merged file, the rows of
/// file number n have the ids n * 2^32 + their old id.
///
/// @param base what was added to the ids
/// @param name the name of the original file
record Part(long base, String name) {
  /// The ids of one collector's file are below this: four billion rows are some hundred gigabytes.
  static final long IDS = 1L << 32;

  static Part ofNumber(long number, String name) {
    return new Part(number * IDS, name);
  }

  /// The last possible id of its rows.
  long last() {
    return base + IDS - 1;
  }
}
