package dev.rollcall.server.web;

import dev.rollcall.server.config.OneLine;
import java.util.List;

/// What a browser shows instead of a page that cannot be shown.
///
/// @param headline the problem in a few words
/// @param reasons more about it, one line each
record ErrorView(String headline, List<String> reasons) {
  static ErrorView of(int status, List<String> reasons, Texts texts) {
    return new ErrorView(headline(status, texts), reasons.stream().map(OneLine::of).toList());
  }

  private static String headline(int status, Texts texts) {
    return switch (status) {
      case 400 -> texts.of("error.address");
      case 401 -> texts.of("error.signedout");
      case 403 -> texts.of("error.forbidden");
      case 404 -> texts.of("error.missing");
      case 405 -> texts.of("error.method");
      case 503 -> texts.of("error.unavailable");
      default -> status < 500 ? texts.of("error.request") : texts.of("error.failed");
    };
  }
}
