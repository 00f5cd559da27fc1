package dev.rollcall.server.web;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Pages with forms, and what the forms send.
///
/// A page with a form is made for one browser ([#page]). A form is accepted only from such a page,
/// and only from this site ([#post]). What is done with it answers with [#done], so that loading
/// the next page again does not send the form again.
///
/// ```java
/// forms.page(request, visit -> Html.of(out -> JteloginGenerated.render(out, Html.NONE, site, visit)))
/// ```
public final class Forms {
  /// What a page has of the browser that asks for it.
  ///
  /// @param token for the forms on the page: `@template.web.form(token = visit.token(), ...)`
  /// @param flash what became of the last form
  public record Visit(FormToken token, Optional<Flash> flash) {}

  /// Does what a form asks for.
  @FunctionalInterface
  public interface Action {
    /// Answers a form that was sent from a page of this site.
    ///
    /// @throws dev.rollcall.server.http.Refusal for what is wrong with the form
    Answer apply(Request request, Query fields) throws Exception;
  }

  /// `//host` and `/\\host` are other sites to a browser.
  private static final Pattern PATH = Pattern.compile("/([!-~&&[^/\\\\]][!-~]*)?");

  private final Site site;

  public Forms(Site site) {
    this.site = site;
  }

  /// A page with forms, or one that shows what became of a form.
  public Answer page(Request request, Function<Visit, String> html) {
    return page(request, 200, html);
  }

  /// The same with another status: a page that says what is wrong with a form.
  public Answer page(Request request, int status, Function<Visit, String> html) {
    FormToken token = FormToken.of(request);
    Optional<Flash> flash = Flash.of(request);
    Answer answer =
        token.withCookie(Answer.html(status, html.apply(new Visit(token, flash))), site);
    return flash.isPresent() ? Flash.shown(answer, site) : answer;
  }

  /// The route that a form is sent to. Its errors are pages.
  public Route post(String path, Access access, Action action) {
    return Route.post(path, access, request -> checked(request, action)).withErrors(site.errors());
  }

  private Answer checked(Request request, Action action) throws Exception {
    if (request.otherSite().isPresent()) {
      return refused(site.texts().of("form.othersite"));
    }
    Query fields = request.form();
    if (!FormToken.of(request).accepts(fields.single(FormToken.FIELD).orElse(""))) {
      return refused(site.texts().of("form.stale"));
    }
    return action.apply(request, fields);
  }

  private Answer refused(String reason) {
    return site.error(403, new ErrorView(site.texts().of("form.refused"), List.of(reason)));
  }

  /// Leads the browser to a page, which shows the message.
  ///
  /// @param path of the page with its query
  /// @throws IllegalArgumentException if it may lead to another site
  public Answer done(String path, Flash flash) {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("'" + path + "' is no path of a page");
    }
    Answer answer = Answer.empty(303).with("Location", site.link(path));
    return flash.onto(answer.with("Cache-Control", "no-store"), site);
  }
}
