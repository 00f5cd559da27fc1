package dev.rollcall.server.page;

import java.time.Instant;
import java.util.List;

/// What an open page shows at one moment, in the pieces in which it is kept current.
interface LiveView {
  /// One row of the list.
  ///
  /// @param id the id of its element
  /// @param content equal as long as the row is to look the same, but for the time that has passed
  record Line(String id, Object content) {}

  /// The moment.
  Instant at();

  /// Elements that change by themselves, each with an id of its own, in the same order in every
  /// scene of a page: what is above the list, which has the page's title, and, within it, what is
  /// beside the rows.
  List<String> parts();

  /// The list as a whole, with what is beside the rows.
  String list();

  /// The rows; none where the list is a note instead.
  List<Line> lines();

  /// The HTML of the row at that place, from 0.
  String row(int place);
}
