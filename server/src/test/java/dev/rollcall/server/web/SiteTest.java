package dev.rollcall.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.http.Logged;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Served;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/// What all pages have in common.
class SiteTest {
  @Test
  void whileTheDatabaseDoesNotAnswerThePageSaysSo() throws Exception {
    Site site = Sites.below("");
    Route page =
        Route.get(
            "/",
            Access.PUBLIC,
            request ->
                site.answer(
                    () -> {
                      throw new IllegalStateException("no database");
                    }));
    try (Served served = Served.routes(page);
        Logged log = new Logged(Site.class.getName())) {
      HttpResponse<String> answer = served.get("/");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
      assertThat(answer.body())
          .contains("<title>unknown - Rollcall</title>")
          .contains("Rollcall's database does not answer</h1>", "<code>/ready</code>");
      served.get("/");
      served.get("/");
      assertThat(log.lines())
          .containsExactly("answered a page with 503"); // anybody may ask for any number of pages
    }
  }

  @Test
  void errorsArePagesForBrowsersWithLinksBelowTheBasePath() throws Exception {
    Site site = Sites.below("/rollcall");
    Route page =
        Route.get("/", Access.PUBLIC, request -> Answer.html(200, new Compressed(new byte[0])))
            .withErrors(site.errors());
    try (Served served = Served.routes(Served.anywhere().withErrors(site.errors()), page)) {
      HttpResponse<String> answer = served.get("/%3Cb%3E", "Accept", "text/html");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body())
          .contains("<h1 class=\"headline\">This page does not exist</h1>")
          .contains("<p class=\"reason\">there is nothing at /%3Cb%3E</p>")
          .contains(
              "<p><a href=\"/rollcall/\">Show the services</a> or"
                  + " <a href=\"/rollcall/heartbeats\">the heartbeats</a></p>")
          .contains("href=\"/rollcall/assets/page.css?v=");
    }
  }
}
