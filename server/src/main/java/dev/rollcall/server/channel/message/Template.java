package dev.rollcall.server.channel.message;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import dev.rollcall.server.config.Mistakes;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Mustache template over the names of [MessageNames]: variables and sections, without partials,
/// lambdas, and other delimiters. Values are escaped before they get here, so no form of a tag
/// (`{{{name}}}`, `{{&name}}`) shows one as it is.
///
/// Source: mustache.github.io/mustache.5.html.
final class Template {
  private static final Pattern LINE = Pattern.compile("^(.*?)(?: @ line (\\d+))?$");
  private static final Pattern DELIMITERS = Pattern.compile("\\{\\{\\s*=");
  private static final Pattern PARTIAL = Pattern.compile("\\{\\{\\s*[><$]");
  private static final Pattern EMPTY = Pattern.compile("\\{\\{\\s*[#^/&{]?\\s*}}");
  private static final String PAGE = "docs/channels.md";

  private static final Mustache.Compiler COMPILER =
      Mustache.compiler()
          .escapeHTML(false)
          .emptyStringIsFalse(true)
          .defaultValue("")
          .withCollector(new Maps());

  private final com.samskivert.mustache.Template compiled;

  /// Finds names in maps only. The library's own collector finds methods and fields of any object.
  private static final class Maps extends BasicCollector {
    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      return new HashMap<>();
    }
  }

  /// Refuses to write more than so many characters.
  private static final class Bounded extends StringWriter {
    private final int most;

    Bounded(int most) {
      this.most = most;
    }

    @Override
    public void write(int c) {
      super.write(c);
      check();
    }

    @Override
    public void write(char[] text, int from, int length) {
      super.write(text, from, length);
      check();
    }

    @Override
    public void write(String text) {
      super.write(text);
      check();
    }

    @Override
    public void write(String text, int from, int length) {
      super.write(text, from, length);
      check();
    }

    @Override
    public StringWriter append(CharSequence text) {
      super.append(text);
      check();
      return this;
    }

    private void check() {
      if (getBuffer().length() > most) {
        throw new TooLong();
      }
    }
  }

  /// The result is longer than it may be.
  static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLong() {
      super(null, null, false, false);
    }
  }

  private Template(com.samskivert.mustache.Template compiled) {
    this.compiled = compiled;
  }

  /// Compiles a template that may have these names.
  ///
  /// @throws IllegalArgumentException with a phrase that says what is wrong, and in which line of
  ///   the text: `line 2: nmae is no name, did you mean name?`
  static Template of(String text, Set<String> names) {
    refuse(text, DELIMITERS, "delimiters cannot be changed: write {{name}}");
    refuse(text, PARTIAL, "there are no partials: write the text itself");
    refuse(text, EMPTY, "a tag has no name: write {{name}}");
    Template template;
    try {
      template = new Template(COMPILER.compile(text));
    } catch (MustacheException | IndexOutOfBoundsException e) {
      Matcher message = LINE.matcher(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      boolean known = message.matches() && message.group(2) != null;
      throw new IllegalArgumentException(
          known
              ? "line " + message.group(2) + ": " + message.group(1)
              : "is no Mustache template: " + e.getMessage(),
          e);
    }
    template.compiled.visit(new Names(text, names));
    return template;
  }

  private static void refuse(String text, Pattern tag, String what) {
    Matcher found = tag.matcher(text);
    if (found.find()) {
      throw new IllegalArgumentException("line " + line(text, found.start()) + ": " + what);
    }
  }

  /// The line of a position in a text, from 1.
  static int line(String text, int position) {
    return 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
  }

  /// Refuses names that there are not.
  private record Names(String text, Set<String> names) implements Mustache.Visitor {
    @Override
    public void visitText(String literal) {
      if (literal.contains("{{")) {
        int at = Math.max(0, text.indexOf(literal));
        throw new IllegalArgumentException(
            "line " + line(text, at + literal.indexOf("{{")) + ": {{ has no }}");
      }
    }

    @Override
    public void visitVariable(String name) {
      check(name);
    }

    @Override
    public boolean visitInclude(String name) {
      throw new IllegalArgumentException("there are no partials: write the text itself");
    }

    @Override
    public boolean visitSection(String name) {
      check(name);
      return true;
    }

    @Override
    public boolean visitInvertedSection(String name) {
      check(name);
      return true;
    }

    private void check(String name) {
      if (!names.contains(name)) {
        Matcher tag =
            Pattern.compile("\\{\\{\\s*[#^&{]?\\s*" + Pattern.quote(name) + "\\s*}").matcher(text);
        int line = tag.find() ? line(text, tag.start()) : 1;
        throw new IllegalArgumentException(
            "line "
                + line
                + ": {{"
                + name
                + "}} is no name"
                + OtherPlaceholders.ours(name)
                    .map(ours -> ": write {{" + ours + "}}")
                    .orElseGet(() -> Mistakes.suggestion(name, names, PAGE)));
      }
    }
  }

  /// The text with these values.
  ///
  /// @throws TooLong if it has more than so many characters
  String render(Map<String, Object> values, int most) {
    Bounded text = new Bounded(most);
    compiled.execute(values, text);
    return text.toString();
  }
}
