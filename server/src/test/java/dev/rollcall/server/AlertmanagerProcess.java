package dev.rollcall.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// An Alertmanager of a test, which notifies nobody. It is below a path, as behind a proxy.
final class AlertmanagerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  private final HttpClient client = HttpClient.newHttpClient();
  private final String address = "127.0.0.1:" + Targets.freePort();
  private final String url = "http://" + address + "/alertmanager";
  private final Process process;

  AlertmanagerProcess(Path folder) throws IOException {
    Path configuration = folder.resolve("alertmanager.yml");
    Files.writeString(configuration, "{route: {receiver: nobody}, receivers: [{name: nobody}]}\n");
    process =
        new ProcessBuilder(
                "prometheus-alertmanager",
                "--config.file=" + configuration,
                "--storage.path=" + folder.resolve("alertmanager"),
                "--web.listen-address=" + address,
                "--web.route-prefix=/alertmanager",
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("alertmanager.log").toFile())
            .start();
    await()
        .atMost(RunningRollcall.PATIENCE)
        .failFast("Alertmanager has ended: see " + folder, () -> !process.isAlive())
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> alerts().isArray());
  }

  String url() {
    return url;
  }

  /// The alerts that are firing.
  JsonNode alerts() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/v2/alerts")).build();
    return RunningRollcall.json(client.send(request, BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    process.onExit().completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
