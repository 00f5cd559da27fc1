package dev.rollcall.server.page;

import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.monitor.Overview.Standing;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/// Which services somebody wants to see: the query of the page's address.
///
/// @param text in the name or the URL; empty for all
/// @param page from 1
record ServicesFilter(String text, Optional<Standing> only, int page) {
  /// What is longer is in no name and no URL.
  private static final int LONGEST = 2_000;

  /// @throws Refusal (400) for a state or a page that there cannot be
  static ServicesFilter of(Request request) {
    String text = request.query("q").orElse("").strip();
    if (text.length() > LONGEST) {
      throw Refusal.badRequest(
          "parameter 'q' has " + text.length() + " characters: search for " + LONGEST + " at most");
    }
    return new ServicesFilter(
        text,
        request.query("state").filter(word -> !word.isEmpty()).map(ServicesFilter::standing),
        (int) Math.min(request.queryNumber("page").orElse(1), 1_000_000));
  }

  private static Standing standing(String word) {
    for (Standing standing : Standing.values()) {
      if (word.equals(word(standing))) {
        return standing;
      }
    }
    throw Refusal.badRequest(
        "parameter 'state' is '" + word + "': write up, down, unknown or new, or leave it out");
  }

  /// How a standing is called in addresses, in classes of the style sheet, and, with a capital, on
  /// the page.
  static String word(Standing standing) {
    return standing.name().toLowerCase(Locale.ROOT);
  }

  ServicesFilter showing(Optional<Standing> other) {
    return new ServicesFilter(text, other, 1);
  }

  ServicesFilter at(int other) {
    return new ServicesFilter(text, only, other);
  }

  boolean filters() {
    return only.isPresent() || !text.isEmpty();
  }

  /// Whether this is what the page is filtered by.
  boolean shows(Optional<Standing> standing) {
    return only.equals(standing);
  }

  /// The word of the state shown, empty for all.
  String state() {
    return only.map(ServicesFilter::word).orElse("");
  }

  /// The address of the page that answers: `/?q=shop&state=down&page=2`.
  String link() {
    String query = query();
    return query.isEmpty() ? "/" : "/?" + query;
  }

  /// `q=shop&state=down&page=2`; what is usual is left out.
  String query() {
    StringJoiner query = new StringJoiner("&");
    if (!text.isEmpty()) {
      query.add("q=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
    }
    only.ifPresent(standing -> query.add("state=" + word(standing)));
    if (page > 1) {
      query.add("page=" + page);
    }
    return query.toString();
  }
}
