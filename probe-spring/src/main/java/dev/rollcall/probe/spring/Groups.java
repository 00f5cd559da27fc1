package dev.rollcall.probe.spring;

import dev.rollcall.probe.Group;
import java.util.Set;

/// Which probe decides on what, by name.
record Groups(Set<String> liveness, Set<String> reported) {
  Set<Group> of(String name) {
    if (reported.contains(name)) {
      return Set.of();
    }
    return Set.of(liveness.contains(name) ? Group.LIVENESS : Group.READINESS);
  }
}
