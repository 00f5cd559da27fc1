package dev.rollcall.probe;

/// How much of a report one caller gets to see.
enum View {
  /// Whether all is well.
  STATUS,
  /// Also which probes there are, and how each is: neither why, nor how long it took.
  PROBES,
  /// All of it.
  DETAILS;

  boolean details() {
    return this == DETAILS;
  }
}
