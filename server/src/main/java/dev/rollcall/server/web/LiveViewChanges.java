package dev.rollcall.server.web;

import dev.rollcall.server.http.PreparedEvents;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The events that turn what a page shows into something else, with HTML:
///
/// | event | content |
/// | --- | --- |
/// | `totals` | the element above the list, which contains the title |
/// | `list` | the whole list |
/// | `part` | an element of the list outside its rows, or the number of open incidents |
/// | `rows` | first line: the ids of removed rows; each other line: a place, from 0, and the HTML of the row to put there, after all these rows were removed from their old places |
final class LiveViewChanges {
  private LiveViewChanges() {}

  /// A view with its parts, which are written once.
  ///
  /// @param open the number of open incidents in the navigation
  record Shown(LiveView live, String open, List<String> parts, List<LiveView.Line> lines) {
    static Shown of(LiveView live) {
      return new Shown(live, live.site().open(live.whose()), live.parts(), live.lines());
    }
  }

  /// Adds events for everything.
  static void tellAll(Shown now, PreparedEvents.Builder events) {
    events
        .add("part", now.open())
        .add("totals", now.parts().getFirst())
        .add("list", now.live().list());
  }

  /// Adds events for what differs.
  static void tell(Shown before, Shown now, PreparedEvents.Builder events) {
    if (!now.open().equals(before.open())) {
      events.add("part", now.open());
    }
    if (!now.parts().getFirst().equals(before.parts().getFirst())) {
      events.add("totals", now.parts().getFirst());
    }
    if (now.lines().isEmpty() || before.lines().isEmpty()) {
      String list = now.live().list();
      if (now.lines().size() != before.lines().size() || !list.equals(before.live().list())) {
        events.add("list", list);
      }
      return;
    }
    for (int i = 1; i < now.parts().size(); i++) {
      if (!now.parts().get(i).equals(before.parts().get(i))) {
        events.add("part", now.parts().get(i));
      }
    }
    tellRows(before.lines(), now, events);
  }

  private static void tellRows(
      List<LiveView.Line> before, Shown now, PreparedEvents.Builder events) {
    Map<String, Integer> placesBefore = new HashMap<>();
    for (int place = 0; place < before.size(); place++) {
      placesBefore.put(before.get(place).id(), place);
    }
    Set<String> gone = new HashSet<>(placesBefore.keySet());
    StringBuilder rows = new StringBuilder();
    int reached = -1; // unchanged rows keep their order
    for (int place = 0; place < now.lines().size(); place++) {
      LiveView.Line line = now.lines().get(place);
      gone.remove(line.id());
      int placeBefore = placesBefore.getOrDefault(line.id(), -1);
      if (placeBefore > reached && before.get(placeBefore).content().equals(line.content())) {
        reached = placeBefore;
      } else {
        rows.append('\n').append(place).append(' ').append(oneLine(now.live().row(place)));
      }
    }
    if (!gone.isEmpty() || !rows.isEmpty()) {
      events.add("rows", String.join(" ", gone) + rows);
    }
  }

  private static String oneLine(String html) {
    return html.strip().replaceAll("[\r\n]+", " ");
  }
}
