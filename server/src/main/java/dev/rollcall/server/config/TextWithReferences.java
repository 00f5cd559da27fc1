package dev.rollcall.server.config;

import java.util.List;
import tools.jackson.databind.node.StringNode;

/// A text of the configuration file that contains values of [References].
public final class TextWithReferences extends StringNode {
  private static final long serialVersionUID = 1L;

  private final String shown;
  private final transient List<String> brought;

  TextWithReferences(References.Expanded expanded) {
    super(expanded.text());
    this.shown = expanded.shown();
    this.brought = List.copyOf(expanded.brought());
  }

  /// The text with `***` for these values.
  public String shown() {
    return shown;
  }

  /// These values, which must not be shown.
  public List<String> brought() {
    return brought;
  }
}
