package dev.rollcall.server.page;

import dev.rollcall.server.monitor.Overview.Row;
import gg.jte.TemplateOutput;
import gg.jte.html.HtmlInterceptor;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Fills the templates of `src/main/jte`.
///
/// They are called as the Java that they become, so that the compiler checks what they are given.
/// Everything they print is escaped for the place where it stands.
final class Templates {
  /// Templates compiled without interception have no use for one.
  private static final HtmlInterceptor NONE =
      new HtmlInterceptor() {
        @Override
        public void onHtmlTagOpened(
            String name, Map<String, Object> attributes, TemplateOutput output) {}

        @Override
        public void onHtmlTagClosed(String name, TemplateOutput output) {}
      };

  private final UnaryOperator<String> assets;

  /// @param assets where a page finds the asset of a name
  Templates(UnaryOperator<String> assets) {
    this.assets = assets;
  }

  /// The whole page.
  String page(Look look) {
    return filled(out -> JtepageGenerated.render(out, NONE, look, assets));
  }

  /// The page in place of that while the database does not answer.
  String trouble() {
    return filled(out -> JtetroubleGenerated.render(out, NONE, assets));
  }

  /// The headline and the filters.
  String totals(Look look) {
    return filled(out -> JtetotalsGenerated.render(out, NONE, look, assets));
  }

  /// One page of the list.
  String list(Look look) {
    return filled(out -> JtelistGenerated.render(out, NONE, look));
  }

  /// One row of it.
  String row(Row row, Look look) {
    return filled(out -> JterowGenerated.render(out, NONE, row, look.at()));
  }

  private static String filled(Consumer<HtmlTemplateOutput> template) {
    StringOutput output = new StringOutput();
    template.accept(new OwaspHtmlTemplateOutput(output));
    return output.toString();
  }
}
