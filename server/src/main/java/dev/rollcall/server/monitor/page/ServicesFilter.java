package dev.rollcall.server.monitor.page;

import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.web.ListFilter;
import dev.rollcall.server.web.Whose;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;

/// The filter of the list of services: the query of the address of the page.
///
/// @param whose whose services
/// @param text in the name or the URL; empty for all
/// @param page from 1
record ServicesFilter(Whose whose, String text, Optional<Standing> only, int page)
    implements ListFilter {
  /// No name and no URL is longer.
  private static final int LONGEST = 2_000;

  /// @throws Refusal (400) for an invalid state or page
  static ServicesFilter of(Request request) {
    String text = request.query("q").orElse("").strip();
    if (text.length() > LONGEST) {
      throw Refusal.badRequest(
          "parameter 'q' has " + text.length() + " characters: search for " + LONGEST + " at most");
    }
    return new ServicesFilter(
        Whose.of(request),
        text,
        request.query("state").filter(word -> !word.isEmpty()).map(ServicesFilter::standing),
        ListFilter.page(request));
  }

  private static Standing standing(String word) {
    for (Standing standing : Standing.values()) {
      if (word.equals(ServiceWords.code(standing))) {
        return standing;
      }
    }
    throw Refusal.badRequest(
        "parameter 'state' is '"
            + word
            + "': write up, down, slow, unknown or new, or leave it out");
  }

  ServicesFilter showing(Optional<Standing> other) {
    return new ServicesFilter(whose, text, other, 1);
  }

  @Override
  public ServicesFilter at(int other) {
    return new ServicesFilter(whose, text, only, other);
  }

  boolean filters() {
    return only.isPresent() || !text.isEmpty();
  }

  /// Whether the page is filtered by this state.
  boolean shows(Optional<Standing> standing) {
    return only.equals(standing);
  }

  /// The word for the state of the filter; empty for all.
  String state() {
    return only.map(ServiceWords::code).orElse("");
  }

  @Override
  public String link() {
    return ListFilter.link("/", query());
  }

  @Override
  public String query() {
    StringJoiner query = new StringJoiner("&");
    if (whose.team().isPresent()) {
      query.add(whose.query());
    }
    if (!text.isEmpty()) {
      query.add("q=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
    }
    only.ifPresent(standing -> query.add("state=" + ServiceWords.code(standing)));
    if (page > 1) {
      query.add("page=" + page);
    }
    return query.toString();
  }
}
