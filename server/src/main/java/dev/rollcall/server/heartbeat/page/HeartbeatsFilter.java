package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.web.ListFilter;
import dev.rollcall.server.web.Whose;
import java.util.Optional;
import java.util.StringJoiner;

/// The filter of the list of heartbeats: the query of the address of the page.
///
/// @param whose whose heartbeats
/// @param page from 1
record HeartbeatsFilter(Whose whose, Optional<State> only, int page) implements ListFilter {
  /// @throws Refusal (400) for an invalid state or page
  static HeartbeatsFilter of(Request request) {
    return new HeartbeatsFilter(
        Whose.of(request),
        request.query("state").filter(word -> !word.isEmpty()).map(HeartbeatsFilter::state),
        ListFilter.page(request));
  }

  private static State state(String word) {
    return HeartbeatOverview.ORDER.stream()
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "parameter 'state' is '"
                        + word
                        + "': write late, failed, new, up or paused, or leave it out"));
  }

  HeartbeatsFilter showing(Optional<State> other) {
    return new HeartbeatsFilter(whose, other, 1);
  }

  @Override
  public HeartbeatsFilter at(int other) {
    return new HeartbeatsFilter(whose, only, other);
  }

  boolean shows(Optional<State> state) {
    return only.equals(state);
  }

  @Override
  public String link() {
    return ListFilter.link("/heartbeats", query());
  }

  @Override
  public String query() {
    StringJoiner query = new StringJoiner("&");
    if (whose.team().isPresent()) {
      query.add(whose.query());
    }
    only.ifPresent(state -> query.add("state=" + state.word()));
    if (page > 1) {
      query.add("page=" + page);
    }
    return query.toString();
  }
}
