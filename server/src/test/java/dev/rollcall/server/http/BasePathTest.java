package dev.rollcall.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Routes below a base path.
class BasePathTest {
  private static final ErrorShape PAGES =
      ErrorShape.pages(
          (status, reasons) -> Answer.html(status, String.join(",", reasons)), ErrorShape.ENVELOPE);

  private static Served served;

  @BeforeAll
  static void open() {
    served =
        Served.routes(
            Served.anywhere().below(new BasePath("/tools/rollcall")).withErrors(PAGES),
            Route.get("/", Access.PUBLIC, request -> Answer.text(200, "first")).withErrors(PAGES),
            Route.get("/v1/services", Access.PUBLIC, request -> Answer.text(200, "list")),
            Route.get(
                "/v1/services/{id}",
                Access.PUBLIC,
                request -> Answer.text(200, request.path("id"))));
  }

  @AfterAll
  static void close() {
    served.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/tools/rollcall, first",
    "/tools/rollcall/, first",
    "/tools/rollcall/v1/services, list",
    "/tools/rollcall/v1/services/, list",
    "/tools/rollcall/v1/services?q=1, list",
    "/tools/rollcall/v1/services/a%2Fb, a/b",
  })
  void routesAreBelowIt(String target, String body) throws Exception {
    HttpResponse<String> answer = served.get(target);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/services", "/tools", "/tools/rollcallx", "/Tools/rollcall"})
  void otherPathsAreNotThere(String target) throws Exception {
    HttpResponse<String> answer = served.get(target);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body())
        .contains("there is nothing at " + target + ": all paths begin with /tools/rollcall");
    assertThat(served.get("/tools/rollcall/no").body())
        .contains("\"there is nothing at /tools/rollcall/no\"");
  }

  @ParameterizedTest
  @CsvSource({"/, first", "/v1/services, list", "/v1/services/7?a=b, 7"})
  void aProxyThatRemovesItSaysSo(String target, String body) throws Exception {
    assertThat(served.get(target, "X-Forwarded-Prefix", "/tools/rollcall").body()).isEqualTo(body);
    assertThat(served.get(target, "X-Forwarded-Prefix", "/tools").statusCode()).isEqualTo(404);
    assertThat(
            served.get("/tools/rollcall" + target, "X-Forwarded-Prefix", "/tools/rollcall").body())
        .isEqualTo(body);
  }

  @Test
  void withoutOneTheHeaderHasNoEffect() throws Exception {
    Route route = Route.get("/a", Access.PUBLIC, request -> Answer.text(200, "a"));
    try (Served root = Served.routes(route)) {
      assertThat(root.get("/a", "X-Forwarded-Prefix", "/b").body()).isEqualTo("a");
      assertThat(root.get("/b/a", "X-Forwarded-Prefix", "/b").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void errorsOfTheApiAreJsonBelowItToo() throws Exception {
    String json = "application/json";
    assertThat(type("/tools/rollcall/v1/nothing")).isEqualTo(json);
    assertThat(type("/tools/rollcall/nothing")).isEqualTo("text/html; charset=utf-8");
    assertThat(type("/v1/nothing")).isEqualTo("text/html; charset=utf-8");
  }

  private static String type(String target) throws Exception {
    HttpResponse<String> answer = served.get(target, "Accept", "text/html");
    assertThat(answer.statusCode()).isEqualTo(404);
    return answer.headers().firstValue("Content-Type").orElse("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/rollcall", "/tools/rollcall", "/a.b/~c-d_e"})
  void itsFormIsSimple(String text) {
    assertThat(new BasePath(text).link("/ping")).isEqualTo(text + "/ping");
  }

  @Test
  void anythingElseIsRefused() {
    for (String text :
        List.of(
            "/",
            "rollcall",
            "/a/",
            "//a",
            "/a//b",
            "/../a",
            "/a/..",
            "/a b",
            "/ä",
            "/a?b",
            "/a%20b",
            "/" + "a".repeat(200))) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> new BasePath(text))
          .withMessageContaining("write it as /rollcall");
    }
  }
}
