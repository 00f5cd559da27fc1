package dev.rollcall.server.web;

import java.time.Instant;
import java.util.List;

/// What an open page shows at one moment, in the pieces in which it is updated.
public interface LiveView {
  /// One row of the list.
  ///
  /// @param id the id of its HTML element
  /// @param content equal as long as the row looks the same, except for durations
  record Line(String id, Object content) {}

  /// The site that the page belongs to.
  Site site();

  /// Whose rows the page shows.
  Whose whose();

  /// The moment.
  Instant at();

  /// The elements that are updated on their own, each with its own id, always in the same order:
  /// first the part above the list, which contains the title, then parts of the list outside its
  /// rows.
  List<String> parts();

  /// The whole list, with the parts outside its rows.
  String list();

  /// The rows; empty if the list is a message instead.
  List<Line> lines();

  /// The HTML of the row at that place, from 0.
  String row(int place);
}
