package dev.rollcall.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.BasePath;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Served;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A form from its page to the message on the next one, as browsers and attackers send it.
class FormsTest {
  private static final Pattern FIELD = Pattern.compile("name=\"form-token\" value=\"([^\"]+)\"");
  private static final String FORM = "application/x-www-form-urlencoded";

  private final Site site = Sites.below("/rollcall");
  private final Forms forms = new Forms(site);
  private Served served;

  @BeforeEach
  void open() {
    Route page =
        Route.get("/edit", Access.PUBLIC, request -> forms.page(request, this::html))
            .withErrors(site.errors());
    Route action =
        forms.post(
            "/edit",
            Access.PUBLIC,
            (request, fields) ->
                forms.done(
                    "/edit?saved=1",
                    new Flash(Flash.Tone.DONE, "Saved " + fields.single("name").orElse("-"))));
    served = Served.routes(Served.anywhere().below(new BasePath("/rollcall")), page, action);
  }

  @AfterEach
  void close() {
    served.close();
  }

  private String html(Forms.Visit visit) {
    PageHead head = new PageHead("Edit", "up.svg", "", "", "form");
    return Html.of(
        out ->
            JtelayoutGenerated.render(
                out,
                Html.NONE,
                site,
                head,
                output -> {},
                Html.part(
                    part ->
                        JteformGenerated.render(
                            part, Html.NONE, site, visit.token(), "/edit", output -> {}, "")),
                "",
                visit.flash()));
  }

  @Test
  void aFormFromThePageIsAcceptedAndTheNextPageTellsOnce() throws Exception {
    HttpResponse<String> page = served.get("/rollcall/edit");
    String cookie = cookie(page, "rollcall-form");
    assertThat(page.body()).contains("<form class=\"form\" action=\"/rollcall/edit\" method=");
    HttpResponse<String> done = post(cookie, field(page), "name=%3Cb%3E+%26", "Origin", origin());
    assertThat(done.statusCode()).isEqualTo(303);
    assertThat(done.headers().firstValue("Location")).contains("/rollcall/edit?saved=1");
    String message = cookie(done, "rollcall-flash");
    HttpResponse<String> next =
        served.get("/rollcall/edit?saved=1", "Cookie", cookie + "; " + message);
    assertThat(next.body()).contains("<p class=\"note\" role=\"status\">Saved &lt;b&gt; &amp;</p>");
    assertThat(next.headers().allValues("Set-Cookie"))
        .containsExactly("rollcall-flash=; Max-Age=0; Path=/rollcall; HttpOnly; SameSite=Lax");
    assertThat(served.get("/rollcall/edit", "Cookie", cookie).body()).doesNotContain("Saved");
  }

  @Test
  void everyPageMasksTheTokenAnewAndAllOfThemAreAccepted() throws Exception {
    HttpResponse<String> first = served.get("/rollcall/edit");
    String cookie = cookie(first, "rollcall-form");
    HttpResponse<String> second = served.get("/rollcall/edit", "Cookie", cookie);
    assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(field(second)).isNotEqualTo(field(first));
    assertThat(post(cookie, field(first), "name=a").statusCode()).isEqualTo(303);
    assertThat(post(cookie, field(second), "name=a").statusCode()).isEqualTo(303);
  }

  @Test
  void anythingElseIsRefusedWithAPageThatSaysWhatToDo() throws Exception {
    HttpResponse<String> page = served.get("/rollcall/edit");
    String cookie = cookie(page, "rollcall-form");
    String field = field(page);
    HttpResponse<String> other = served.get("/rollcall/edit");
    String zeros = "rollcall-form=" + "A".repeat(22);
    for (HttpResponse<String> refused :
        List.of(
            post("a=b", field, "name=a"),
            post(cookie(other, "rollcall-form"), field, "name=a"),
            post(cookie, field(other), "name=a"),
            post(cookie, "", "name=a"),
            post(cookie, "%00", "name=a"),
            post(cookie, cookie.replaceFirst(".*=", ""), "name=a"),
            post("rollcall-form=", "", "name=a"),
            post(zeros, "A".repeat(43), "name=a", "Sec-Fetch-Site", "cross-site"),
            post(cookie, field, "name=a", "Origin", "https://evil.example"),
            post(cookie, field, "name=a", "Origin", "null"),
            post(cookie, field, "name=a", "Sec-Fetch-Site", "same-site"))) {
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body())
          .contains("<h1 class=\"headline\">This form was not accepted</h1>")
          .containsPattern("go back, load the page again|sent by a page of another site");
      assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void onlyWhatFormsOfBrowsersSendIsRead() throws Exception {
    HttpResponse<String> page = served.get("/rollcall/edit");
    HttpResponse<String> json =
        served.post(
            "/rollcall/edit",
            "{}",
            "Cookie",
            cookie(page, "rollcall-form"),
            "Content-Type",
            "application/json");
    assertThat(json.statusCode()).isEqualTo(415);
    assertThat(post(cookie(page, "rollcall-form"), field(page), "name=a&form-token=b").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aMessageThatNobodyWroteIsNotShown() throws Exception {
    for (String cookie : List.of("", "x", "d!", "zSGFsbG8", "d")) {
      HttpResponse<String> page =
          served.get("/rollcall/edit", "Cookie", "rollcall-flash=" + cookie);
      assertThat(page.statusCode()).isEqualTo(200);
    }
    assertThat(new Flash(Flash.Tone.FAILED, "a\nb" + "c".repeat(1_000)).text())
        .hasSizeLessThan(320)
        .startsWith("a")
        .doesNotContain("\n");
  }

  @Test
  void theNextPageIsOneOfThisSite() {
    Flash flash = new Flash(Flash.Tone.DONE, "Saved");
    for (String path : List.of("//evil.example", "https://evil.example", "/\\evil.example", "")) {
      assertThatIllegalArgumentException().isThrownBy(() -> forms.done(path, flash));
    }
  }

  private String origin() {
    return served.at("").toString();
  }

  private HttpResponse<String> post(String cookie, String field, String fields, String... more)
      throws Exception {
    String[] headers = new String[more.length + 6];
    System.arraycopy(
        new String[] {"Cookie", cookie, "Content-Type", FORM, "Accept", "text/html"},
        0,
        headers,
        0,
        6);
    System.arraycopy(more, 0, headers, 6, more.length);
    String token = URLEncoder.encode(field, StandardCharsets.UTF_8);
    return served.post("/rollcall/edit", "form-token=" + token + "&" + fields, headers);
  }

  private static String field(HttpResponse<String> page) {
    Matcher field = FIELD.matcher(page.body());
    assertThat(field.find()).isTrue();
    return field.group(1);
  }

  /// `name=value` of a cookie that an answer sets.
  private static String cookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(name + "="))
        .map(cookie -> cookie.replaceFirst(";.*", ""))
        .findFirst()
        .orElseThrow();
  }
}
