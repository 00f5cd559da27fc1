package dev.rollcall.probe.servlet.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The filter in a real container, which is Jetty.
@Timeout(60)
class ExampleApplicationTest {
  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Server server = new Server();

  @BeforeEach
  void start() throws Exception {
    server = ExampleApplication.serve(0, folder);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.stop();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getURI().getPort() + path))
            .method(method, BodyPublishers.noBody())
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void answers200ThenAnswers503OnceAProbeFails() throws Exception {
    HttpResponse<String> well = send("GET", "/shop/_health?x=1");
    assertThat(well.statusCode()).isEqualTo(200);
    assertThat(well.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(well.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(well.body()).startsWith("{\"healthy\":true,\"probes\":[{\"name\":\"folder\",");
    Files.delete(folder);
    HttpResponse<String> broken = send("GET", "/shop/_health");
    assertThat(broken.statusCode()).isEqualTo(503);
    assertThat(broken.body())
        .contains("\"error\":\"probe check failed: cannot write to " + folder + "\"");
    assertThat(send("GET", "/shop/_health/ready").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/shop/_health/live").statusCode()).isEqualTo(200);
    Files.createDirectory(folder); // for its owner to remove
  }

  @Test
  void passesOtherPathsOn() throws Exception {
    assertThat(send("GET", "/shop/orders/_health").body()).isEqualTo("no orders");
    assertThat(send("GET", "/shop/orders").body()).isEqualTo("no orders");
    assertThat(send("GET", "/shop/other").statusCode()).isEqualTo(404);
  }

  @Test
  void sendsNoBodyToHeadAndRefusesOtherMethods() throws Exception {
    HttpResponse<String> head = send("HEAD", "/shop/_health");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow()).isPositive();
    HttpResponse<String> post = send("POST", "/shop/_health");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
  }
}
