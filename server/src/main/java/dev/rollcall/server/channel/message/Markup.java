package dev.rollcall.server.channel.message;

import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/// What a receiver makes of the text of a message: what is written as it is, and what has to be
/// escaped.
///
/// @param longest the characters of the text that the receiver takes for certain
/// @param escape makes a value that the text contains verbatim
/// @param json whether the text is JSON, and values stand within its strings
public record Markup(int longest, UnaryOperator<String> escape, boolean json) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Any text is right.
  public Markup(int longest, UnaryOperator<String> escape) {
    this(longest, escape, false);
  }

  /// Text that is shown as it is.
  public static Markup plain(int longest) {
    return new Markup(longest, UnaryOperator.identity());
  }

  /// HTML, or what a receiver takes of it.
  public static Markup html(int longest) {
    return new Markup(longest, text -> AlertText.html(text).replace("\"", "&quot;"));
  }

  /// A JSON document.
  public static Markup json(int longest) {
    return new Markup(longest, Markup::inString, true);
  }

  private static String inString(String text) {
    String quoted = StringNode.valueOf(text).toString();
    return quoted.substring(1, quoted.length() - 1);
  }

  /// What is wrong with a text: `line 2: is no JSON`. Empty if nothing is.
  public Optional<String> fault(String text) {
    if (!json) {
      return Optional.empty();
    }
    try {
      JSON.readTree(text);
      return Optional.empty();
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      int line = at == null ? 1 : Math.max(1, at.getLineNr());
      return Optional.of("line " + line + ": makes no JSON: " + e.getOriginalMessage());
    }
  }
}
