package dev.rollcall.server.web;

import dev.rollcall.server.http.Request;

/// The filter of a list: the query of the address of its page.
public interface ListFilter {
  /// The number of rows of a page.
  int PAGE = 100;

  /// The number of the page, from 1.
  int page();

  /// The same filter at another page.
  ListFilter at(int page);

  /// The query without defaults: `q=shop&state=down&page=2`.
  String query();

  /// The path of the page with its query: `/?q=shop&state=down&page=2`.
  String link();

  /// The path with a query, if there is one.
  static String link(String path, String query) {
    return query.isEmpty() ? path : path + "?" + query;
  }

  /// The path of the stream of changes for a page with this filter and the version `seen`.
  default String live(String path, String seen) {
    return live(path, query(), seen);
  }

  /// The same for a page whose query is this, or empty.
  static String live(String path, String query, String seen) {
    return path + "?" + query + (query.isEmpty() ? "" : "&") + "seen=" + seen;
  }

  /// The number of the page that a request asks for.
  ///
  /// @throws dev.rollcall.server.http.Refusal (400) if it is no positive number
  static int page(Request request) {
    return (int) Math.min(request.queryNumber("page").orElse(1), 1_000_000);
  }
}
