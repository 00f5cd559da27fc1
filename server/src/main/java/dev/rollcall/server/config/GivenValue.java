package dev.rollcall.server.config;

/// A setting's value as somebody gave it.
///
/// @param where the place: `rollcall.yaml:7`, `.env:3`, `environment`, `command line`
/// @param name the name it goes by there: `ROLLCALL_PORT`
/// @param text the value, unread
record GivenValue(String where, String name, String text) {
  /// Adds that something is wrong with it.
  void wrong(Mistakes mistakes, boolean secret, String what) {
    Mistakes here = mistakes.within(name -> where);
    if (secret) {
      here.add(name, "its value " + what);
    } else {
      here.add(name, text, what);
    }
  }
}
