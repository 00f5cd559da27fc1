package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.HeartbeatOverview;
import dev.rollcall.server.heartbeat.State;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.Optional;
import java.util.StringJoiner;

/// The filter of the list of heartbeats: the query of the address of the page.
///
/// @param page from 1
record HeartbeatsFilter(Optional<State> only, int page) {
  /// @throws Refusal (400) for an invalid state or page
  static HeartbeatsFilter of(Request request) {
    return new HeartbeatsFilter(
        request.query("state").filter(word -> !word.isEmpty()).map(HeartbeatsFilter::state),
        (int) Math.min(request.queryNumber("page").orElse(1), 1_000_000));
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
    return new HeartbeatsFilter(other, 1);
  }

  HeartbeatsFilter at(int other) {
    return new HeartbeatsFilter(only, other);
  }

  boolean shows(Optional<State> state) {
    return only.equals(state);
  }

  /// The address of the page: `/heartbeats?state=late&page=2`.
  String link() {
    String query = query();
    return query.isEmpty() ? "/heartbeats" : "/heartbeats?" + query;
  }

  String query() {
    StringJoiner query = new StringJoiner("&");
    only.ifPresent(state -> query.add("state=" + state.word()));
    if (page > 1) {
      query.add("page=" + page);
    }
    return query.toString();
  }
}
