package dev.rollcall.server.http;

import java.util.List;

/// Makes the page that tells a person of an error.
@FunctionalInterface
public interface ErrorPage {
  /// The page.
  ///
  /// @param reasons what is wrong, a line each; there may be anything in them that a caller sent
  Answer of(int status, List<String> reasons);
}
