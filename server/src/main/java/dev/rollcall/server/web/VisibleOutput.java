package dev.rollcall.server.web;

import gg.jte.TemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;

/// Escapes values for the place where they are printed. Control characters, characters that change
/// the direction of text, and characters without width are shown as escapes, since they can make a
/// name look like another. Line ends, tabs, and joiners and marks between letters of scripts and
/// emoji that need them stay.
final class VisibleOutput extends OwaspHtmlTemplateOutput {
  VisibleOutput(TemplateOutput output) {
    super(output);
  }

  @Override
  public void writeUserContent(String value) {
    super.writeUserContent(visible(value));
  }

  static String visible(String text) {
    int place = 0;
    while (place < text.length() && !hidden(text, place)) {
      place++;
    }
    if (place == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (hidden(text, i)) {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }

  private static boolean hidden(String text, int place) {
    char c = text.charAt(place);
    if (c < 0x7f) {
      return c < ' ' && c != '\n' && c != '\t' && c != '\r';
    }
    if (c <= 0x9f || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069')) {
      return true;
    }
    return switch (c) {
      // soft hyphen, spaces and joiners without width, invisible operators, fillers
      case '\u00ad',
          '\u034f',
          '\u115f',
          '\u1160',
          '\u180e',
          '\u200b',
          '\u2060',
          '\u2061',
          '\u2062',
          '\u2063',
          '\u2064',
          '\u3164',
          '\ufeff',
          '\uffa0' ->
          true;
      // joiners, direction marks, and the choice of an emoji: nothing in ASCII needs them, except
      // a digit that becomes a key
      case '\u061c', '\u200c', '\u200d', '\u200e', '\u200f', '\ufe0e', '\ufe0f' ->
          (place == 0 || text.charAt(place - 1) < 0x7f) && !text.startsWith("\u20e3", place + 1);
      default -> false;
    };
  }
}
