package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.RunningRollcall;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The built program below a path of its host, in a browser.
class BasePathIT {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir static Path folder;

  private static Browsing browsing;
  private static RunningRollcall rollcall;

  @BeforeAll
  static void start() {
    browsing = new Browsing();
    rollcall = Plan.in(folder).yaml("base-path: /tools/rollcall\n").start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    rollcall.stop();
    browsing.close();
  }

  @Test
  void pagesStreamsAndTheirLinksAreBelowIt() throws Exception {
    assertThat(rollcall.url()).endsWith("/tools/rollcall/");
    walk(rollcall.url(), "direct");
  }

  @Test
  void aProxyMayRemoveItIfItSaysSo() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer proxy =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      proxy.setExecutor(threads);
      proxy.createContext("/tools/rollcall", BasePathIT::pass);
      proxy.start();
      try {
        walk("http://localhost:" + proxy.getAddress().getPort() + "/tools/rollcall/", "removed");
      } finally {
        browsing.forget();
        proxy.stop(0);
        threads.shutdownNow();
      }
    }
  }

  @Test
  void theApiIsBelowItAndTheHealthPortIsNot() throws Exception {
    assertThat(status(rollcall.url() + "v1/services")).isEqualTo(200);
    assertThat(status(rollcall.url() + "_health")).isEqualTo(200);
    String root = rollcall.url().replace("tools/rollcall/", "");
    assertThat(status(root + "v1/services")).isEqualTo(404);
    assertThat(status(root)).isEqualTo(404);
    assertThat(status(root + "ping?name=a&frequency=1D")).isEqualTo(404);
    assertThat(status(rollcall.healthUrl() + "/ready")).isEqualTo(200);
    assertThat(status(rollcall.healthUrl() + "/metrics")).isEqualTo(200);
  }

  private static void walk(String url, String name) throws Exception {
    browsing.forget();
    Page page = browsing.open(url, new Browser.NewContextOptions());
    assertThat(page.locator("h1")).hasText("No services yet");
    assertThat(page.locator("#connection")).hasText("live, updated");
    page.locator(".where a").getByText("Heartbeats").click();
    assertThat(page).hasURL(url + "heartbeats");
    assertThat(page.locator("#connection")).hasText("live, updated");
    call(url + "ping?name=" + name + "&frequency=1D");
    page.locator("a.name").getByText(name).click();
    assertThat(page).hasURL(url + "heartbeat?name=" + name);
    assertThat(page.locator("pre").first())
        .containsText("'" + url + "ping?name=" + name + "&frequency=1D'");
    assertThat(page.locator("tbody tr")).hasCount(1);
    call(url + "ping?name=" + name + "&frequency=1D");
    assertThat(page.locator("tbody tr")).hasCount(2);
    page.locator(".back a").click();
    assertThat(page).hasURL(url + "heartbeats");
    page.locator(".filters .up").click();
    assertThat(page).hasURL(url + "heartbeats?state=up");
    page.locator("a.brand").click();
    assertThat(page).hasURL(url);
    assertThat(browsing.complaints()).isEmpty();
  }

  private static void call(String url) throws Exception {
    assertThat(status(url)).isEqualTo(200);
  }

  private static int status(String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
  }

  /// Passes a request on without its prefix, as Traefik's StripPrefix does.
  private static void pass(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString().substring("/tools/rollcall".length());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(rollcall.url().replace("/tools/rollcall/", target)))
            .header("X-Forwarded-Prefix", "/tools/rollcall")
            .build();
    try (exchange) {
      HttpResponse<InputStream> answer = CLIENT.send(request, BodyHandlers.ofInputStream());
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      exchange.sendResponseHeaders(answer.statusCode(), 0);
      try (InputStream body = answer.body()) {
        byte[] bytes = new byte[8192];
        for (int read = body.read(bytes); read >= 0; read = body.read(bytes)) {
          exchange.getResponseBody().write(bytes, 0, read);
          exchange.getResponseBody().flush(); // streams of events have no end
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
