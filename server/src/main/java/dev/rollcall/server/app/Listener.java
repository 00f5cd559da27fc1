package dev.rollcall.server.app;

import java.util.Set;

/// An address and a port to listen on.
///
/// @param host `0.0.0.0` for all addresses, IPv4 and IPv6
/// @param port 0 for any free one
/// @param way how the port is set: `ROLLCALL_PORT`
record Listener(String host, int port, String way) {
  private static final Set<String> ALL = Set.of("0.0.0.0", "::");

  /// The URL of the server there for programs on this machine.
  ///
  /// @param open the port that is open
  String url(int open) {
    return url(open, "localhost");
  }

  /// The same for programs on other machines.
  ///
  /// @param machine the name of this machine, for a server that listens on all its addresses
  String url(int open, String machine) {
    String at = ALL.contains(host) ? machine : host;
    return "http://" + (at.contains(":") ? "[" + at + "]" : at) + ":" + open;
  }

  /// Whether only one of the two can be opened.
  boolean clashes(Listener other) {
    boolean hosts = host.equals(other.host) || ALL.contains(host) || ALL.contains(other.host);
    return hosts && port == other.port && port != 0;
  }
}
