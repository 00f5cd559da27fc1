package dev.rollcall.probe.spring.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Prober;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// The auto-configuration in a real application, on its own Tomcat.
@Timeout(120)
class ExampleApplicationTest {
  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ConfigurableApplicationContext> applications = new ArrayList<>();

  @AfterEach
  void stop() {
    client.close();
    applications.forEach(ConfigurableApplicationContext::close);
  }

  private ConfigurableApplicationContext start(String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--server.port=0");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--example.folder=" + folder);
    arguments.add("--management.endpoint.health.show-details=always");
    arguments.add("--spring.main.banner-mode=off");
    ConfigurableApplicationContext application =
        SpringApplication.run(ExampleApplication.class, arguments.toArray(String[]::new));
    applications.add(application);
    return application;
  }

  private HttpResponse<String> get(ConfigurableApplicationContext application, String path)
      throws Exception {
    String port = application.getEnvironment().getProperty("local.server.port");
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void asksProbesAndIndicatorsAlikeAndEachOnce() throws Exception {
    ConfigurableApplicationContext application = start();
    HttpResponse<String> well = get(application, "/_health");
    assertThat(well.statusCode()).isEqualTo(200);
    assertThat(well.body())
        .startsWith("{\"healthy\":true,\"probes\":[{\"name\":\"inbox\",")
        .containsOnlyOnce("inbox")
        .contains("\"name\":\"outbox\"", "\"name\":\"diskSpace\"", "\"name\":\"livenessState\"");

    HttpResponse<String> actuator = get(application, "/actuator/health");
    assertThat(actuator.statusCode()).isEqualTo(200);
    assertThat(actuator.body())
        .containsOnlyOnce("\"inbox\"")
        .containsOnlyOnce("\"outbox\"")
        .contains("\"probes\":");

    Files.delete(folder);
    HttpResponse<String> broken = get(application, "/_health");
    assertThat(broken.statusCode()).isEqualTo(503);
    assertThat(broken.body())
        .contains(
            "\"error\":\"prober error: probe inbox: probe check failed: cannot write to "
                + folder
                + ", probe outbox: probe check failed: no writing to "
                + folder
                + "\"");
    assertThat(get(application, "/actuator/health").statusCode()).isEqualTo(503);
    assertThat(get(application, "/actuator/health/probes/inbox").body())
        .contains("\"status\":\"DOWN\"", "\"error\":\"cannot write to " + folder + "\"");
    assertThat(get(application, "/_health/ready").statusCode()).isEqualTo(503);
    assertThat(get(application, "/_health/live").statusCode()).isEqualTo(200);
    assertThat(get(application, "/_health/live").body())
        .contains("\"name\":\"livenessState\"")
        .doesNotContain("inbox");
    Files.createDirectory(folder); // for its owner to remove
  }

  @Test
  void followsItsSettings() throws Exception {
    ConfigurableApplicationContext application =
        start(
            "--rollcall.health.path=/status",
            "--rollcall.health.timeout=3s",
            "--rollcall.health.go-clients=true",
            "--rollcall.health.indicators-as-probes=false",
            "--rollcall.health.probes-as-indicators=false",
            "--rollcall.health.reported=inbox");
    assertThat(application.getBean(Prober.class).timeout()).hasSeconds(3);
    assertThat(application.getBean(Prober.class).names()).containsExactly("inbox");
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/actuator/health").body()).doesNotContain("inbox");
    Files.delete(folder);
    HttpResponse<String> broken = get(application, "/status");
    assertThat(broken.statusCode()).isEqualTo(200);
    assertThat(broken.body())
        .contains("\"comment\":\"cannot write to " + folder + "\",\"error\":null");
    assertThat(get(application, "/status/ready").statusCode()).isEqualTo(200);
    Files.createDirectory(folder);
  }

  @Test
  void isNotThereWhereItIsTurnedOff() throws Exception {
    ConfigurableApplicationContext application = start("--rollcall.health.enabled=false");
    assertThat(application.getBeanNamesForType(Prober.class)).isEmpty();
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/actuator/health").body()).contains("outbox");
  }

  @Test
  void leavesTheEndpointOutWhereItIsTurnedOff() throws Exception {
    ConfigurableApplicationContext application = start("--rollcall.health.endpoint=false");
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/actuator/health").body()).contains("inbox");
  }
}
