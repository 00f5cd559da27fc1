package dev.rollcall.server.group;

import dev.rollcall.server.signal.Member;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// What the page of groups shows.
///
/// @param section the id of the section of the site to which it belongs
record GroupsView(Whose whose, List<GroupReport> groups, String section, Instant at) {
  /// The icon of its window.
  String icon() {
    boolean down = groups.stream().anyMatch(one -> one.group().state() == Member.State.DOWN);
    return down ? "down.svg" : "up.svg";
  }
}
