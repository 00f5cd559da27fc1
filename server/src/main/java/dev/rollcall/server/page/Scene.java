package dev.rollcall.server.page;

import java.time.Instant;

/// What an open page shows at one moment, in the pieces in which it is kept current.
interface Scene {
  /// The moment.
  Instant at();

  /// What is shown, as hashes.
  Shown shown();

  /// The element above the list.
  String totals();

  /// The list as a whole.
  String list();

  /// The list's row at that place, from 0.
  String row(int place);
}
