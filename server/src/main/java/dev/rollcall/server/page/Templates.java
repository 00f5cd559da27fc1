package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.Board.Beat;
import dev.rollcall.server.heartbeat.Board.Ran;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.monitor.Overview.Row;
import dev.rollcall.server.sql.StorageException;
import gg.jte.TemplateOutput;
import gg.jte.html.HtmlInterceptor;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Fills the templates of `src/main/jte`.
///
/// They are called as the Java that they become, so that the compiler checks what they are given.
/// Everything they print is escaped for the place where it stands.
final class Templates {
  private static final System.Logger LOG = System.getLogger(Templates.class.getName());

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
  private final boolean told;
  private final Supplier<String> notice;

  /// @param assets where a page finds the asset of a name
  /// @param told whether anybody is told of late heartbeats
  Templates(UnaryOperator<String> assets, boolean told) {
    this(assets, told, () -> "");
  }

  /// @param notice what every page says first; empty: nothing
  Templates(UnaryOperator<String> assets, boolean told, Supplier<String> notice) {
    this.assets = assets;
    this.told = told;
    this.notice = notice;
  }

  /// A page, or, while the database does not answer, the one in its place.
  Answer answer(Supplier<Compressed> page) {
    try {
      return Answer.html(200, page.get());
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "answered a page with 503", e);
      return Answer.html(503, trouble());
    }
  }

  /// The whole page of services.
  ///
  /// @param seen which state of the list that is; so of all pages here
  String page(Look look, String seen) {
    return filled(out -> JtepageGenerated.render(out, NONE, look, seen, assets, notice.get()));
  }

  /// What every page says first; empty: nothing.
  String notice() {
    return notice.get();
  }

  /// The page in place of that while the database does not answer.
  String trouble() {
    return filled(out -> JtetroubleGenerated.render(out, NONE, assets));
  }

  /// The page in place of one that is not there, or cannot be shown.
  String error(ErrorLook look) {
    return filled(out -> JteerrorGenerated.render(out, NONE, look, assets));
  }

  /// The headline and the filters.
  String totals(Look look) {
    return filled(out -> JtetotalsGenerated.render(out, NONE, look, assets));
  }

  /// One page of the list.
  String list(Look look) {
    return filled(out -> JtelistGenerated.render(out, NONE, look));
  }

  /// The links to its other pages.
  String pages(Look look) {
    return filled(out -> JtepagesGenerated.render(out, NONE, look));
  }

  /// One row of it.
  String row(Row row, Look look) {
    return filled(out -> JterowGenerated.render(out, NONE, row, look.at()));
  }

  /// The whole page of heartbeats.
  String page(BeatLook look, String origin, String seen) {
    return filled(
        out -> JtebeatsGenerated.render(out, NONE, look, origin, told, seen, assets, notice.get()));
  }

  /// Their headline and filters.
  String totals(BeatLook look) {
    return filled(out -> JtebeattotalsGenerated.render(out, NONE, look, assets));
  }

  /// One page of their list.
  String list(BeatLook look, String origin) {
    return filled(out -> JtebeatlistGenerated.render(out, NONE, look, origin));
  }

  /// The links to its other pages.
  String pages(BeatLook look) {
    return filled(out -> JtebeatpagesGenerated.render(out, NONE, look));
  }

  /// One row of it.
  String row(Beat row, BeatLook look) {
    return filled(out -> JtebeatrowGenerated.render(out, NONE, row, look.at()));
  }

  /// The whole page of one heartbeat.
  String page(BeatScene scene, String seen) {
    return filled(out -> JtebeatGenerated.render(out, NONE, scene, seen, assets, notice.get()));
  }

  /// What is said of it above its runs.
  String head(BeatScene scene) {
    return filled(out -> JtebeatheadGenerated.render(out, NONE, scene, assets));
  }

  /// Its runs.
  String runs(BeatScene scene) {
    return filled(out -> JtebeatrunsGenerated.render(out, NONE, scene.beat(), scene.at()));
  }

  /// All of them in one bar.
  String overall(BeatScene scene) {
    return filled(out -> JtebeatoverallGenerated.render(out, NONE, scene.beat()));
  }

  /// One of them.
  String run(Ran run, BeatScene scene) {
    return filled(out -> JtebeatrunGenerated.render(out, NONE, run, scene.at()));
  }

  private static String filled(Consumer<HtmlTemplateOutput> template) {
    StringOutput output = new StringOutput();
    template.accept(new VisibleOutput(output));
    return output.toString();
  }
}
