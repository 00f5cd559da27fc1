package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.OPERATOR;
import static dev.rollcall.server.http.Access.PUBLIC;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTest {
  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  private static final ErrorShape PAGES =
      ErrorShape.pages(
          (status, reasons) -> Answer.html(status, "<p>" + String.join(" ", reasons)),
          ErrorShape.ENVELOPE);

  private static Served served;

  @BeforeAll
  static void serve() {
    served =
        Served.routes(
            Served.anywhere().withErrors(PAGES),
            Route.get("/", PUBLIC, request -> Answer.text(200, "root")),
            Route.get("/v1/services", PUBLIC, request -> Envelope.ok()),
            Route.post("/v1/services", PUBLIC, request -> Answer.text(201, "made")),
            Route.get("/v1/services/all", PUBLIC, request -> Answer.text(200, "all of them")),
            Route.get(
                "/v1/services/{id}",
                PUBLIC,
                request -> Answer.text(200, "one: " + request.path("id"))),
            Route.get(
                "/v1/services/{id}/events",
                PUBLIC,
                request -> Answer.text(200, "events: " + request.pathNumber("id"))),
            Route.of(
                Set.of(Method.GET, Method.DELETE),
                "/ping/{name}",
                PUBLIC,
                request -> Answer.text(200, request.method() + " " + request.path("name"))),
            Route.get(
                "/big",
                PUBLIC,
                request -> Answer.stream(200, "text/plain", out -> out.write(new byte[100_000]))),
            Route.get("/shown", PUBLIC, request -> Answer.html(200, "shown")).withErrors(PAGES),
            Route.get(
                    "/shown/none",
                    PUBLIC,
                    request -> {
                      throw Refusal.notFound("there is none");
                    })
                .withErrors(PAGES),
            Route.get(
                    "/shown/away",
                    PUBLIC,
                    request -> {
                      throw new Unavailable("the database is away", Duration.ofSeconds(5));
                    })
                .withErrors(PAGES),
            Route.get("/shown/kept", OPERATOR, request -> Answer.html(200, "kept"))
                .withErrors(PAGES),
            Route.post(
                    "/results",
                    PUBLIC,
                    request -> {
                      throw Refusal.badRequest("nothing in it");
                    })
                .withErrors(ErrorShape.PLAIN));
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @Test
  void answersAnUnknownPathWith404InTheEnvelope() throws Exception {
    HttpResponse<String> answer = served.get("/v1/nothing");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":404,\"status_desc\":\"Not Found\",\"errors\":[\"there is nothing at"
                + " /v1/nothing\"]}");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404",
    "GET, /nothing/at/all, 404",
    "GET, /v1x, 404",
    "DELETE, /shown, 405",
    "GET, /shown/none, 404",
    "GET, /shown/away, 503",
    "GET, /shown/kept, 401",
  })
  void showsABrowserAPageWhereAPageIsNotThere(String method, String path, int status)
      throws Exception {
    String[] stranger = {"Authorization", "Bearer wrong"};
    for (String accept : List.of(BROWSER, "text/html", "TEXT/HTML ; q=0.5, */*;q=0.1")) {
      HttpResponse<String> page = send(method, path, "Accept", accept, stranger);
      assertThat(page.statusCode()).isEqualTo(status);
      assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
      assertThat(page.headers().firstValue("Vary")).contains("Accept");
      assertThat(page.body()).startsWith("<p>");
    }
    for (String accept :
        List.of(
            "*/*",
            "application/json",
            "application/json, text/html;q=0.9",
            "text/html;q=0",
            "text/htmlx",
            "text/html;q=x")) {
      HttpResponse<String> json = send(method, path, "Accept", accept, stranger);
      assertThat(json.statusCode()).isEqualTo(status);
      assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(json.body()).startsWith("{\"status\":" + status + ",");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/nothing, 404",
    "GET, /v1/, 404",
    "DELETE, /v1/services, 405",
    "GET, /results, 405",
    "GET, /results/nothing, 404",
    "GET, /ping/a/b/c, 404"
  })
  void answersWhatTheApiHasInJsonToBrowsersToo(String method, String path, int status)
      throws Exception {
    HttpResponse<String> answer = send(method, path, "Accept", BROWSER);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
  }

  private static HttpResponse<String> send(
      String method, String path, String header, String value, String... more) throws Exception {
    return served.send(
        method,
        path,
        BodyPublishers.noBody(),
        Stream.concat(Stream.of(header, value), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void answersAnotherMethodWith405AndSaysWhichAreAllowed() throws Exception {
    HttpResponse<String> answer = served.send("DELETE", "/v1/services", BodyPublishers.noBody());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS, POST");
  }

  @Test
  void answersAMethodThatNobodyKnowsWith501() throws Exception {
    for (String method : List.of("BREW", "get", "PROPFIND")) {
      HttpResponse<String> answer = served.send(method, "/v1/services", BodyPublishers.noBody());
      assertThat(answer.statusCode()).isEqualTo(501);
      assertThat(answer.body()).contains("there is no method " + method);
    }
    assertThat(served.send("TRACE", "/v1/services", BodyPublishers.noBody()).statusCode())
        .isEqualTo(405);
  }

  @Test
  void answersOptionsFromTheRoutes() throws Exception {
    HttpResponse<String> answer = served.send("OPTIONS", "/ping/backup", BodyPublishers.noBody());
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Allow")).contains("DELETE, GET, HEAD, OPTIONS");
  }

  @ParameterizedTest
  @CsvSource({"/v1/services,33", "/big,100000", "/v1/services/nine,9"})
  void answersHeadLikeGetWithoutTheBody(String path, String length) throws Exception {
    HttpResponse<String> answer = served.send("HEAD", path, BodyPublishers.noBody());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Length")).contains(length);
    assertThat(answer.body()).isEmpty();
    assertThat(served.get(path).body().length()).isEqualTo(Integer.parseInt(length));
  }

  @ParameterizedTest
  @CsvSource({
    "/,root",
    "/v1/services/all,all of them",
    "/v1/services/all/,all of them",
    "/v1/services/7,one: 7",
    "/v1/services/7/,one: 7",
    "/v1/services/7/events,events: 7",
    "/v1/services/7/events/,events: 7",
    "/v1/servic%65s/7,one: 7",
    "/ping/a%2Fb,GET a/b",
    "/ping/caf%C3%A9+1,GET café+1",
    "/ping/a;b=c,GET a;b=c",
    "/ping/..,GET ..",
  })
  void findsTheRouteOfAPath(String path, String body) throws Exception {
    String answer =
        served.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(new String(answer.getBytes(ISO_8859_1), UTF_8))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("\r\n\r\n" + body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//",
        "//v1/services",
        "/v1//services",
        "/v1/services/7//events",
        "/v1",
        "/v1/services/7/events//"
      })
  void keepsEmptySegmentsApart(String path) throws Exception {
    assertThat(
            served.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 404 Not Found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ping/%",
        "/ping/%4",
        "/ping/%zz",
        "/ping/%C3",
        "/ping/%C3%28",
        "/ping/%C0%AF",
        "/ping/%ED%A0%80",
        "/ping/%00",
        "/ping/caf\u00e9",
        "/ping/\u00ef\u00bf",
        "/ping/a?name=caf\u00e9",
        "/ping/\u00ed\u00a0\u0080",
        "/ping/a\u0001b",
        "ping",
        "*",
        "http://localhost:8080@/ping/a",
        "/v1/services/x/events",
        "/v1/services/0/events",
        "/v1/services/-1/events",
        "/v1/services/1.5/events",
        "/v1/services/99999999999999999999/events"
      })
  void refusesABadPathWith400(String path) throws Exception {
    assertThat(
            served.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 Bad Request")
        .contains("\"status\":400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ping/caf\u00c3\u00a9",
        "/ping/caf%C3%A9",
        "/ping/c%61f\u00c3\u00a9",
        "http://localhost/ping/caf\u00c3\u00a9",
        "HTTP://localhost:8080/ping/caf%C3%A9?a=b"
      })
  void takesTextAsItIsOrEncodedAndTheTargetWithItsHostOrWithout(String target) throws Exception {
    String answer =
        served.raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("GET caf\u00c3\u00a9");
  }

  @Test
  void writesTheErrorsOfARouteInItsOwnShape() throws Exception {
    assertThat(served.post("/results", "").body()).isEqualTo("{\"error\":\"nothing in it\"}");
    assertThat(served.get("/results").body()).startsWith("{\"error\":\"GET is not possible here");
  }

  @Test
  void refusesTwoRoutesForOneMethodAndPath() {
    Route route = Route.get("/a/{id}", PUBLIC, request -> Answer.empty(200));
    RequestTimes times = new RequestTimes(new PrometheusRegistry());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RouteTable(List.of(route, route), BasePath.ROOT, times))
        .withMessage("there are two routes for GET /a/{id}");
    Route other = Route.post("/a/{name}", PUBLIC, request -> Answer.empty(200));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RouteTable(List.of(route, other), BasePath.ROOT, times))
        .withMessageContaining("are the same path");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Route.get("a", PUBLIC, request -> Answer.empty(200)));
  }

  @Test
  void listsItsRoutes() {
    assertThat(served.listener.routes().toString())
        .contains("GET /v1/services PUBLIC", "GET,DELETE /ping/{name} PUBLIC");
  }
}
