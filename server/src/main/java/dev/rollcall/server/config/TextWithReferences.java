package dev.rollcall.server.config;

import java.util.List;
import tools.jackson.databind.node.StringNode;

/// A text of the configuration file of which references ([References]) brought a part.
public final class TextWithReferences extends StringNode {
  private static final long serialVersionUID = 1L;

  private final String shown;
  private final transient List<String> brought;

  TextWithReferences(References.Expanded expanded) {
    super(expanded.text());
    this.shown = expanded.shown();
    this.brought = List.copyOf(expanded.brought());
  }

  /// The text with `***` for what was brought.
  public String shown() {
    return shown;
  }

  /// What was brought, which nobody may be shown.
  public List<String> brought() {
    return brought;
  }
}
