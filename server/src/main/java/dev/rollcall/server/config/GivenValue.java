package dev.rollcall.server.config;

/// The value of a setting as it was given.
///
/// @param where the place: `rollcall.yaml:7`, `.env:3`, `environment`, `command line`
/// @param name its name there: `ROLLCALL_PORT`
/// @param text the text of the value
record GivenValue(String where, String name, String text) {
  /// Adds a mistake about it.
  void wrong(Mistakes mistakes, boolean secret, String what) {
    Mistakes here = mistakes.within(name -> where);
    if (secret) {
      here.add(name, "its value " + what);
    } else {
      here.add(name, text, what);
    }
  }
}
