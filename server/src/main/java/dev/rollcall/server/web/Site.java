package dev.rollcall.server.web;

import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.BasePath;
import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.RepeatedWarning;
import dev.rollcall.server.http.Route;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What all pages of this server have in common: the sections they link to, addresses, assets,
/// texts, the notice at their top, and the pages that are shown instead of one that cannot be
/// shown.
public final class Site {
  /// Seconds, as the API says.
  private static final String RETRY_AFTER = "5";

  private static final System.Logger LOG = System.getLogger(Site.class.getName());

  /// An entry of the navigation.
  ///
  /// @param id of the pages that belong to it ([PageHead#section])
  /// @param path of its first page
  /// @param label its name
  /// @param invitation the text of a link to it on a page of an error
  /// @param alerts whether its pages say so where nobody is told of what is wrong
  /// @param open whether the number of open incidents stands beside it
  public record Section(
      String id, String path, String label, String invitation, boolean alerts, boolean open) {}

  /// How many incidents of an owner are open.
  ///
  /// @param critical whether one of them is critical
  public record Open(long many, boolean critical) {}

  private final BasePath base;
  private final Texts texts;
  private final Assets assets;
  private final List<Section> sections;
  private final Supplier<String> notice;
  private final LongPredicate told;
  private final LongFunction<Open> open;
  private final Predicate<RuntimeException> outage;
  private final Runnable reachable;
  private final RepeatedWarning outages = new RepeatedWarning();

  /// @param notice the notice at the top of every page; empty: none
  /// @param told whether somebody is told of what is wrong with what an owner has
  /// @param open how many incidents of an owner are open; asked for with each page, so it does not
  ///   read the database
  /// @param outage whether an exception means that the database does not answer
  /// @param reachable throws such an exception if that is known; it returns at once
  public Site(
      BasePath base,
      Texts texts,
      List<Section> sections,
      Supplier<String> notice,
      LongPredicate told,
      LongFunction<Open> open,
      Predicate<RuntimeException> outage,
      Runnable reachable) {
    this.base = base;
    this.texts = texts;
    this.assets =
        new Assets(
            Site.class,
            List.of(
                "page.css",
                "live.js",
                "copy.js",
                "times.js",
                "texts.js",
                "passkey.js",
                "up.svg",
                "down.svg"));
    this.sections = List.copyOf(sections);
    this.notice = notice;
    this.told = told;
    this.open = open;
    this.outage = outage;
    this.reachable = reachable;
  }

  /// The address of a page or another route: `/rollcall/heartbeats` for `/heartbeats`.
  public String link(String path) {
    return base.link(path);
  }

  /// The path below which everything of this site is, for cookies.
  String root() {
    return base.text().isEmpty() ? "/" : base.text();
  }

  /// The address of an asset by its name.
  public String asset(String name) {
    return base.link(assets.link(name));
  }

  /// The texts of its pages.
  public Texts texts() {
    return texts;
  }

  List<Section> sections() {
    return sections;
  }

  /// The notice at the top of every page; empty: none.
  public String notice() {
    return notice.get();
  }

  /// Whether a page has to say that nobody is told of what is wrong.
  boolean isUntold(PageHead head) {
    return sections.stream()
            .anyMatch(section -> section.alerts() && section.id().equals(head.section()))
        && !told.test(head.whose().scope().owner());
  }

  /// How many incidents are open; empty if there are none, or if who looks at the page may not see
  /// them.
  Optional<Open> shownOpen(Whose whose) {
    return whose.trusted()
        ? Optional.of(open.apply(whose.scope().owner())).filter(count -> count.many() > 0)
        : Optional.empty();
  }

  /// Their number in the navigation, as an element.
  String open(Whose whose) {
    return Html.of(out -> JteopenGenerated.render(out, Html.NONE, texts, shownOpen(whose)));
  }

  /// Whether this means that the database does not answer.
  boolean isOutage(RuntimeException e) {
    return outage.test(e);
  }

  /// Throws what [#isOutage] knows if the database is known not to answer, so that nobody waits for
  /// it.
  void requireDatabase() {
    reachable.run();
  }

  /// A page; while the database does not answer, the page that says so.
  public Answer answer(Supplier<Compressed> page) {
    try {
      requireDatabase();
      return Answer.html(200, page.get());
    } catch (RuntimeException e) {
      if (!isOutage(e)) {
        throw e;
      }
      outages
          .next()
          .ifPresent(
              others ->
                  LOG.log(
                      Level.WARNING,
                      "answered a page with 503"
                          + (others > 0
                              ? ", and " + others + " others since the last such line"
                              : ""),
                      e));
      return Answer.html(503, trouble()).with("Retry-After", RETRY_AFTER);
    }
  }

  /// The form of errors if a browser asks for a page.
  public ErrorShape errors() {
    return ErrorShape.pages(
        (status, reasons) -> error(status, ErrorView.of(status, reasons, texts)),
        ErrorShape.ENVELOPE);
  }

  Answer error(int status, ErrorView view) {
    return Answer.html(
        status, Html.of(out -> JteerrorGenerated.render(out, Html.NONE, this, view)));
  }

  /// The links to the other pages of a list.
  public String pages(ListPage page) {
    return Html.of(out -> JtepagingGenerated.render(out, Html.NONE, this, page));
  }

  private String trouble() {
    return Html.of(out -> JtetroubleGenerated.render(out, Html.NONE, this));
  }

  /// The routes of its assets.
  public List<Route> routes() {
    return assets.routes();
  }
}
