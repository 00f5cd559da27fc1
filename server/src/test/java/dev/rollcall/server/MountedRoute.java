package dev.rollcall.server;

import java.util.List;
import java.util.regex.Pattern;

/// A route of a running program, as its log lists it at level debug.
///
/// @param line `GET,POST /ping/{name} PING`: its methods, its path, and who may call it
record MountedRoute(int port, String line) {
  private static final Pattern LISTED =
      Pattern.compile("port (\\d+) answers ((?:[A-Z]+,?)+ /\\S* [A-Z]+)");

  /// All routes.
  static List<MountedRoute> of(RunningRollcall rollcall) {
    return LISTED
        .matcher(rollcall.log())
        .results()
        .map(found -> new MountedRoute(Integer.parseInt(found.group(1)), found.group(2)))
        .toList();
  }

  /// The first of its methods.
  String method() {
    return line.split("[ ,]", 2)[0];
  }

  /// The path, with the names of its parts in braces.
  String path() {
    return line.split(" ", -1)[1];
  }

  /// Who may call it.
  String access() {
    return line.substring(line.lastIndexOf(' ') + 1);
  }
}
