package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.Board;
import dev.rollcall.server.heartbeat.State;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.Optional;
import java.util.StringJoiner;

/// Which heartbeats somebody wants to see: the query of the page's address.
///
/// @param page from 1
record BeatQuestion(Optional<State> only, int page) {
  /// @throws Refusal (400) for a state or a page that there cannot be
  static BeatQuestion of(Request request) {
    return new BeatQuestion(
        request.query("state").filter(word -> !word.isEmpty()).map(BeatQuestion::state),
        (int) Math.min(request.queryNumber("page").orElse(1), 1_000_000));
  }

  private static State state(String word) {
    return Board.ORDER.stream()
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "parameter 'state' is '"
                        + word
                        + "': write late, failed, new, up or paused, or leave it out"));
  }

  BeatQuestion showing(Optional<State> other) {
    return new BeatQuestion(other, 1);
  }

  BeatQuestion at(int other) {
    return new BeatQuestion(only, other);
  }

  boolean shows(Optional<State> state) {
    return only.equals(state);
  }

  /// The address of the page that answers: `/heartbeats?state=late&page=2`.
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
