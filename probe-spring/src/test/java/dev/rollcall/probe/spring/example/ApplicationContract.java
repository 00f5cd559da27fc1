package dev.rollcall.probe.spring.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Prober;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// What holds in a real application of any Spring Boot, on its own Tomcat, beside its own Actuator.
@Timeout(120)
public abstract class ApplicationContract {
  private static final String ANYBODY = "";
  private static final List<String> CALLERS = List.of(ANYBODY, "user", "admin");

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ConfigurableApplicationContext> applications = new ArrayList<>();
  private final Class<?> application;

  /// @param application has [Inbox], [Logins] and a health indicator `outbox` which looks at the
  ///   same folder
  protected ApplicationContract(Class<?> application) {
    this.application = application;
  }

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
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--logging.level.root=warn");
    ConfigurableApplicationContext started =
        SpringApplication.run(application, arguments.toArray(String[]::new));
    applications.add(started);
    return started;
  }

  private ConfigurableApplicationContext startOpen(String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--management.endpoint.health.show-details=always");
    return start(arguments.toArray(String[]::new));
  }

  private static URI uri(ConfigurableApplicationContext application, String port, String path) {
    return URI.create("http://127.0.0.1:" + application.getEnvironment().getProperty(port) + path);
  }

  private static HttpRequest.Builder as(String user, URI uri) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (!user.equals(ANYBODY)) {
      byte[] login = (user + ":pw").getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(ConfigurableApplicationContext application, String path)
      throws Exception {
    return get(ANYBODY, application, path);
  }

  private HttpResponse<String> get(
      String user, ConfigurableApplicationContext application, String path) throws Exception {
    return send(as(user, uri(application, "local.server.port", path)));
  }

  @Test
  void asksProbesAndIndicatorsAlikeAndEachOnce() throws Exception {
    ConfigurableApplicationContext application =
        startOpen("--management.endpoint.health.probes.enabled=true");
    HttpResponse<String> well = get(application, "/_health");
    assertThat(well.statusCode()).isEqualTo(200);
    assertThat(well.body())
        .startsWith("{\"healthy\":true,\"probes\":[{\"name\":\"inbox\",")
        .containsOnlyOnce("\"name\":\"inbox\"")
        .contains("\"name\":\"outbox\"", "\"name\":\"diskSpace\"", "\"name\":\"livenessState\"")
        .contains("\"details\":{\"folder\":\"" + folder + "\"}")
        .contains("\"free\":\"");

    HttpResponse<String> actuator = get(application, "/actuator/health");
    assertThat(actuator.statusCode()).isEqualTo(200);
    assertThat(actuator.body())
        .containsOnlyOnce("\"inbox\"")
        .containsOnlyOnce("\"outbox\"")
        .contains("\"probes\":")
        .contains("\"folder\":\"" + folder + "\"");

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
  void hasMetersOfItsProbes() throws Exception {
    ConfigurableApplicationContext application =
        startOpen("--management.endpoints.web.exposure.include=health,metrics");
    HttpResponse<String> meter =
        get(application, "/actuator/metrics/rollcall.probe.healthy?tag=probe:inbox");
    assertThat(meter.statusCode()).isEqualTo(200);
    assertThat(meter.body()).contains("\"statistic\":\"VALUE\",\"value\":1.0");
    assertThat(
            get(application, "/actuator/metrics/rollcall.probe.duration?tag=probe:outbox").body())
        .contains("\"baseUnit\":\"seconds\"");
  }

  @Test
  void followsItsSettings() throws Exception {
    ConfigurableApplicationContext application =
        startOpen(
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
    ConfigurableApplicationContext application = startOpen("--rollcall.health.enabled=false");
    assertThat(application.getBeanNamesForType(Prober.class)).isEmpty();
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/actuator/health").body()).contains("outbox");
  }

  @Test
  void leavesTheEndpointOutWhereItIsTurnedOff() throws Exception {
    ConfigurableApplicationContext application = startOpen("--rollcall.health.endpoint=false");
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/actuator/health").body()).contains("inbox");
  }

  /// Actuator is the judge: what it shows to a caller is shown, and what it does not show is not.
  @ParameterizedTest
  @CsvSource({
    ",",
    "always,",
    "when-authorized,",
    "never,always",
    "never,when-authorized",
    "always,never",
    "always,when-authorized",
    "when-authorized,always"
  })
  void showsNobodyMoreOrLessThanActuator(@Nullable String details, @Nullable String components)
      throws Exception {
    List<String> settings = new ArrayList<>(List.of("--management.endpoint.health.roles=ADMIN"));
    if (details != null) {
      settings.add("--management.endpoint.health.show-details=" + details);
    }
    if (components != null) {
      settings.add("--management.endpoint.health.show-components=" + components);
    }
    ConfigurableApplicationContext application = start(settings.toArray(String[]::new));
    Files.delete(folder);
    for (String caller : CALLERS) {
      String actuator = get(caller, application, "/actuator/health").body();
      for (String path : List.of("/_health", "/_health/ready", "/_health?show-details=always")) {
        HttpResponse<String> ours = get(caller, application, path);
        assertThat(ours.statusCode()).isEqualTo(503);
        for (String said :
            List.of("inbox", "outbox", "writing to", "cannot write", folder.toString())) {
          assertThat(ours.body().contains(said))
              .as("%s in %s for '%s': %s beside %s", said, path, caller, ours.body(), actuator)
              .isEqualTo(actuator.contains(said));
        }
      }
    }
    Files.createDirectory(folder);
  }

  /// Actuator says `UP` of what is degraded, unless it is told to show which component that is.
  @Test
  void tellsThatSomethingIsDegradedOnlyToThoseWhomActuatorTells() throws Exception {
    Files.createFile(folder.resolve("full"));
    ConfigurableApplicationContext application =
        start("--management.endpoint.health.show-components=when-authorized");
    assertThat(get(application, "/actuator/health").body())
        .contains("\"status\":\"UP\"")
        .doesNotContain("DEGRADED");
    for (String path : List.of("/_health", "/_health/ready")) {
      assertThat(get(application, path).body())
          .isEqualTo("{\"healthy\":true,\"probes\":[],\"error\":null}");
      assertThat(get("user", application, path).body())
          .contains("\"comment\":\"degraded\"")
          .doesNotContain("little room");
    }
    assertThat(get("user", application, "/actuator/health").body())
        .contains("\"inbox\":{\"status\":\"DEGRADED\"}");
  }

  @Test
  void standsOnTheManagementServerAndNotOnThePublicOne() throws Exception {
    ConfigurableApplicationContext application = start("--management.server.port=0");
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/_health/ready").statusCode()).isEqualTo(404);
    for (String path : List.of("/_health", "/_health/live", "/_health/ready", "/actuator/health")) {
      URI management = uri(application, "local.management.port", path);
      assertThat(send(as(ANYBODY, management)).statusCode()).as(path).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--management.server.port=-1",
        "--management.endpoints.web.exposure.exclude=health",
        "--management.endpoint.health.access=none"
      })
  void isNotThereWhereActuatorsIsNot(String setting) throws Exception {
    ConfigurableApplicationContext application = start(setting);
    assertThat(get(application, "/actuator/health").statusCode()).isEqualTo(404);
    assertThat(get(application, "/_health").statusCode()).isEqualTo(404);
  }

  @Test
  void asksForALoginWhereTheApplicationDoes() throws Exception {
    ConfigurableApplicationContext application =
        start(
            "--example.login=everybody",
            "--management.endpoint.health.show-details=when-authorized");
    for (String path : List.of("/actuator/health", "/_health", "/_health/live", "/_health/ready")) {
      assertThat(get(application, path).statusCode()).as(path).isEqualTo(401);
      assertThat(get("user", application, path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(get("user", application, "/_health").body()).contains("inbox", folder.toString());
  }

  @Test
  void letsFiltersOfTheApplicationsOwnTurnStrangersAway() throws Exception {
    ConfigurableApplicationContext application = startOpen("--example.login=filter");
    for (String path : List.of("/actuator/health", "/_health")) {
      URI uri = uri(application, "local.server.port", path);
      assertThat(send(HttpRequest.newBuilder(uri)).statusCode()).as(path).isEqualTo(401);
      assertThat(send(HttpRequest.newBuilder(uri).header("Badge", "7")).body()).contains("inbox");
    }
  }

  @Test
  void tellsStrangersNoMoreThanTheStateWhereItIsAskedForToComeBeforeTheLogin() throws Exception {
    ConfigurableApplicationContext application =
        startOpen("--example.login=everybody", "--rollcall.health.before-login=true");
    assertThat(get(application, "/actuator/health").statusCode()).isEqualTo(401);
    HttpResponse<String> well = get(application, "/_health");
    assertThat(well.statusCode()).isEqualTo(200);
    assertThat(well.body()).isEqualTo("{\"healthy\":true,\"probes\":[],\"error\":null}");
    Files.delete(folder);
    HttpResponse<String> broken = get(application, "/_health");
    assertThat(broken.statusCode()).isEqualTo(503);
    assertThat(broken.body())
        .startsWith("{\"healthy\":false,\"probes\":[],")
        .doesNotContain("box", folder.toString());
    assertThat(get(application, "/other").statusCode()).isEqualTo(401);
    Files.createDirectory(folder);
  }

  @Test
  void answersOddRequestsAsItShould() throws Exception {
    ConfigurableApplicationContext application = start("--example.login=spring");
    assertThat(get(application, "/actuator/health").statusCode()).isEqualTo(200);
    assertThat(get(application, "/_health").statusCode()).isEqualTo(401);
    assertThat(get("user", application, "/_health").statusCode()).isEqualTo(200);
    for (String path :
        List.of("/_health/", "/_health/x", "/_HEALTH", "/x/_health", "/_health;x=/css")) {
      assertThat(get("user", application, path).body()).as(path).doesNotContain("healthy");
      assertThat(get(application, path).statusCode()).as(path).isGreaterThanOrEqualTo(400);
    }
    assertThat(get("user", application, "/%5Fhealth").statusCode()).isEqualTo(200);
    assertThat(get(application, "/%5Fhealth").statusCode()).isEqualTo(401);
    URI health = uri(application, "local.server.port", "/_health");
    HttpResponse<String> head = send(as("user", health).method("HEAD", BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    HttpResponse<String> delete = send(as("user", health).DELETE());
    assertThat(delete.statusCode())
        .isEqualTo(401); // Spring Security wants a token of its own first
  }

  /// The same class path without Actuator, in a class loader of its own.
  @Test
  void followsSettingsOfItsOwnWithoutActuator() throws Exception {
    List<URL> jars = new ArrayList<>();
    for (String file : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!file.contains("spring-boot-actuator")) {
        jars.add(Path.of(file).toUri().toURL());
      }
    }
    ClassLoader outer = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader without =
        new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(without);
      // its own Tomcat may not take the URLs of a JVM in which another has them
      without
          .loadClass("org.apache.catalina.webresources.TomcatURLStreamHandlerFactory")
          .getMethod("disable")
          .invoke(null);
      Object started =
          without
              .loadClass(WithoutActuatorApplication.class.getName())
              .getMethod("start", String[].class)
              .invoke(
                  null,
                  (Object)
                      new String[] {
                        "--example.folder=" + folder,
                        "--rollcall.health.show-components=always",
                        "--rollcall.health.show-details=when-authorized",
                        "--rollcall.health.roles=ADMIN"
                      });
      try (AutoCloseable application = (AutoCloseable) started) {
        URI uri = URI.create("http://127.0.0.1:" + System.getProperty("example.port") + "/_health");
        assertThat(application.getClass().getClassLoader()).isSameAs(without);
        assertThat(send(as(ANYBODY, uri)).body())
            .contains("inbox")
            .doesNotContain(folder.toString());
        assertThat(send(as("user", uri)).body())
            .contains("inbox")
            .doesNotContain(folder.toString());
        assertThat(send(as("admin", uri)).body()).contains("inbox", folder.toString());
      }
    } finally {
      Thread.currentThread().setContextClassLoader(outer);
    }
  }
}
