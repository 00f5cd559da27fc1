package dev.rollcall.server.page;

import dev.rollcall.server.config.OneLine;
import java.util.List;

/// What a browser shows instead of a page that cannot be shown.
///
/// @param headline the problem in a few words
/// @param reasons more about it, one line each
public record ErrorView(String headline, List<String> reasons) {
  static ErrorView of(int status, List<String> reasons) {
    return new ErrorView(headline(status), reasons.stream().map(OneLine::of).toList());
  }

  private static String headline(int status) {
    return switch (status) {
      case 400 -> "This address is not valid";
      case 401, 403 -> "You may not see this page";
      case 404 -> "This page does not exist";
      case 405 -> "This page does not support this request";
      case 503 -> "Rollcall cannot answer at the moment";
      default -> status < 500 ? "This request cannot be answered" : "Rollcall failed to answer";
    };
  }
}
