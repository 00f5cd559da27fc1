package dev.rollcall.probes;

/// What a server said, fit to become part of a message: one line, of bounded length.
final class Quoted {
  private static final int MOST = 200;

  private Quoted() {}

  /// `text` with whatever could break a line or move a cursor as blanks, and cut off after 200
  /// characters.
  static String of(String text) {
    String line = text.length() > 4 * MOST ? text.substring(0, 4 * MOST) : text;
    line = line.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
    return line.length() > MOST ? line.substring(0, MOST) + "..." : line;
  }
}
