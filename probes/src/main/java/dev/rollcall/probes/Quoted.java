package dev.rollcall.probes;

/// What others wrote, fit to become part of a message: one line, of bounded length.
final class Quoted {
  private static final int MOST = 200;

  private Quoted() {}

  /// `text` with whatever could break a line or move a cursor as blanks, and cut off after 200
  /// characters.
  static String of(String text) {
    return of(text, MOST);
  }

  /// The same with another bound.
  static String of(String text, int most) {
    String line = text.length() > 4 * most ? text.substring(0, 4 * most) : text;
    line = line.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
    return line.length() > most ? line.substring(0, most) + "..." : line;
  }
}
