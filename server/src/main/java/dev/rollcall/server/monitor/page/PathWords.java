package dev.rollcall.server.monitor.page;

import dev.rollcall.server.monitor.path.Path;
import java.util.ArrayList;
import java.util.List;

/// The words for paths.
final class PathWords {
  private PathWords() {}

  /// The hops in a line, `1 10.0.0.1, 2 *, 3 10.0.2.1 or 10.0.3.1`.
  static String line(Path path) {
    List<String> hops = new ArrayList<>();
    for (int ttl = 1; ttl <= path.hops().size(); ttl++) {
      hops.add(ttl + " " + path.words(ttl));
    }
    return String.join(", ", hops);
  }
}
