package dev.rollcall.server.web;

import gg.jte.Content;
import gg.jte.TemplateOutput;
import gg.jte.html.HtmlInterceptor;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.Map;
import java.util.function.Consumer;

/// Fills the templates of `src/main/jte`.
///
/// Callers use the Java classes generated from them, so that the compiler checks their parameters:
/// `Html.of(out -> JterowGenerated.render(out, Html.NONE, row))`. All values are escaped for the
/// place where they are printed.
public final class Html {
  /// Required as a parameter, but not used by templates that are compiled without interception.
  public static final HtmlInterceptor NONE =
      new HtmlInterceptor() {
        @Override
        public void onHtmlTagOpened(
            String name, Map<String, Object> attributes, TemplateOutput output) {}

        @Override
        public void onHtmlTagClosed(String name, TemplateOutput output) {}
      };

  private Html() {}

  /// A part of a page that has nothing in it.
  public static final Content NOTHING = _ -> {};

  /// The HTML of a template.
  public static String of(Consumer<HtmlTemplateOutput> template) {
    StringOutput output = new StringOutput();
    template.accept(new VisibleOutput(output));
    return output.toString();
  }

  /// A template as a part of another.
  public static Content part(Consumer<HtmlTemplateOutput> template) {
    return output -> template.accept((HtmlTemplateOutput) output);
  }
}
