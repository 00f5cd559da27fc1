package dev.rollcall.probe.spring;

import dev.rollcall.probe.Group;
import java.util.Set;

/// Which probe decides on what, by name.
record Groups(Set<String> liveness, Set<String> reported) {
  static Groups of(RollcallHealthProperties properties) {
    return new Groups(properties.liveness(), properties.reported());
  }

  Set<Group> of(String name) {
    if (reported.contains(name)) {
      return Set.of();
    }
    return Set.of(liveness.contains(name) ? Group.LIVENESS : Group.READINESS);
  }
}
