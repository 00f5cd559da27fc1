package dev.rollcall.server.web;

/// One page of a list, and the links to the others.
///
/// @param filter with the number of this page
/// @param found the number of rows on all pages
/// @param rows the number of rows on this page
public record ListPage(ListFilter filter, long found, int rows) {
  /// The number of pages for so many rows, at least one.
  public static int pages(long found) {
    return (int) Math.max(1, (found + ListFilter.PAGE - 1) / ListFilter.PAGE);
  }

  int pages() {
    return pages(found);
  }

  int page() {
    return filter.page();
  }

  String link(int page) {
    return filter.at(page).link();
  }

  /// The number of the first row, from 1.
  long first() {
    return (filter.page() - 1L) * ListFilter.PAGE + 1;
  }

  long last() {
    return first() + rows - 1;
  }
}
