package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.HeartbeatOverview.Beat;
import dev.rollcall.server.heartbeat.HeartbeatOverview.Ran;
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
/// It calls the Java classes generated from them, so that the compiler checks their parameters. All
/// values are escaped for the place where they are printed.
final class Templates {
  private static final System.Logger LOG = System.getLogger(Templates.class.getName());

  /// Required as a parameter, but not used by templates that are compiled without interception.
  private static final HtmlInterceptor NONE =
      new HtmlInterceptor() {
        @Override
        public void onHtmlTagOpened(
            String name, Map<String, Object> attributes, TemplateOutput output) {}

        @Override
        public void onHtmlTagClosed(String name, TemplateOutput output) {}
      };

  private final UnaryOperator<String> assets;
  private final boolean alerts;
  private final Supplier<String> notice;

  /// @param assets returns the address of an asset by its name
  /// @param alerts whether a channel sends alerts about late heartbeats
  Templates(UnaryOperator<String> assets, boolean alerts) {
    this(assets, alerts, () -> "");
  }

  /// @param notice the notice at the top of every page; empty: none
  Templates(UnaryOperator<String> assets, boolean alerts, Supplier<String> notice) {
    this.assets = assets;
    this.alerts = alerts;
    this.notice = notice;
  }

  /// A page; while the database does not answer, the page that says so.
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
  /// @param seen the version of the page; the same holds for the other pages
  String page(ServicesView view, String seen) {
    return filled(out -> JtepageGenerated.render(out, NONE, view, seen, assets, notice.get()));
  }

  /// The notice at the top of every page; empty: none.
  String notice() {
    return notice.get();
  }

  /// The page that is shown while the database does not answer.
  String trouble() {
    return filled(out -> JtetroubleGenerated.render(out, NONE, assets));
  }

  /// The page that is shown instead of one that does not exist or cannot be shown.
  String error(ErrorView view) {
    return filled(out -> JteerrorGenerated.render(out, NONE, view, assets));
  }

  /// The headline and the filters.
  String totals(ServicesView view) {
    return filled(out -> JtetotalsGenerated.render(out, NONE, view, assets));
  }

  /// One page of the list.
  String list(ServicesView view) {
    return filled(out -> JtelistGenerated.render(out, NONE, view));
  }

  /// The links to the other pages of the list.
  String pages(ServicesView view) {
    return filled(out -> JtepagesGenerated.render(out, NONE, view));
  }

  /// One row of the list.
  String row(Row row, ServicesView view) {
    return filled(out -> JterowGenerated.render(out, NONE, row, view.at()));
  }

  /// The whole page of heartbeats.
  String page(HeartbeatsView view, String origin, String seen) {
    return filled(
        out ->
            JtebeatsGenerated.render(out, NONE, view, origin, alerts, seen, assets, notice.get()));
  }

  /// The headline and filters for heartbeats.
  String totals(HeartbeatsView view) {
    return filled(out -> JtebeattotalsGenerated.render(out, NONE, view, assets));
  }

  /// One page of the list of heartbeats.
  String list(HeartbeatsView view, String origin) {
    return filled(out -> JtebeatlistGenerated.render(out, NONE, view, origin));
  }

  /// The links to the other pages of the list.
  String pages(HeartbeatsView view) {
    return filled(out -> JtebeatpagesGenerated.render(out, NONE, view));
  }

  /// One row of the list.
  String row(Beat row, HeartbeatsView view) {
    return filled(out -> JtebeatrowGenerated.render(out, NONE, row, view.at()));
  }

  /// The whole page of one heartbeat.
  String page(HeartbeatLiveView live, String seen) {
    return filled(out -> JtebeatGenerated.render(out, NONE, live, seen, assets, notice.get()));
  }

  /// The part above its runs.
  String head(HeartbeatLiveView live) {
    return filled(out -> JtebeatheadGenerated.render(out, NONE, live, assets));
  }

  /// Its runs.
  String runs(HeartbeatLiveView live) {
    return filled(out -> JtebeatrunsGenerated.render(out, NONE, live.beat(), live.at()));
  }

  /// All its runs in one bar.
  String overall(HeartbeatLiveView live) {
    return filled(out -> JtebeatoverallGenerated.render(out, NONE, live.beat()));
  }

  /// One run.
  String run(Ran run, HeartbeatLiveView live) {
    return filled(out -> JtebeatrunGenerated.render(out, NONE, run, live.at()));
  }

  private static String filled(Consumer<HtmlTemplateOutput> template) {
    StringOutput output = new StringOutput();
    template.accept(new VisibleOutput(output));
    return output.toString();
  }
}
