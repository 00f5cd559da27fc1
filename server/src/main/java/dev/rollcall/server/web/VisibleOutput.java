package dev.rollcall.server.web;

import gg.jte.TemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;

/// Escapes values for the place where they are printed. Control characters, and characters that
/// change the direction of text, are shown as escapes, since they can make a name look like
/// another. Line ends, tabs, and marks that scripts and emoji need stay.
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
    while (place < text.length() && !hidden(text.charAt(place))) {
      place++;
    }
    if (place == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (hidden(c)) {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }

  private static boolean hidden(char c) {
    if (c < 0x7f) {
      return c < ' ' && c != '\n' && c != '\t' && c != '\r';
    }
    return c <= 0x9f || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
  }
}
