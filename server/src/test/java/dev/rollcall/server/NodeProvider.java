package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The certified provider `oidc-provider` of the npm registry as a process of its own, whose users
/// sign in without a page: see `src/test/oidc/provider.mjs`. It needs `node` and `npm`.
public final class NodeProvider implements AutoCloseable {
  public static final String CLIENT = "rollcall";
  public static final String SECRET = "a-secret-of-the-client";

  private static final Path SOURCE = Path.of("src/test/oidc").toAbsolutePath();
  private static final Path FOLDER = Path.of("target/oidc").toAbsolutePath();

  private final Process process;
  private final String issuer;

  /// @param log receives what it complains of
  /// @param back where it may send browsers
  public NodeProvider(Path log, List<String> back) throws IOException {
    install();
    List<String> line = new ArrayList<>(List.of("node", "provider.mjs", CLIENT, SECRET));
    line.addAll(back);
    process = started(new ProcessBuilder(line).redirectError(log.toFile()));
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    issuer =
        Objects.requireNonNull(said.readLine(), () -> "the provider does not start: see " + log);
  }

  /// Fetches it, as its lock file has it, if that has changed.
  private static void install() throws IOException {
    Files.createDirectories(FOLDER);
    try (FileChannel channel =
            FileChannel.open(
                FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      Path made = FOLDER.resolve("node_modules/made-of");
      byte[] wanted = Files.readAllBytes(SOURCE.resolve("package-lock.json"));
      for (String name : List.of("package.json", "package-lock.json", "provider.mjs")) {
        Files.copy(SOURCE.resolve(name), FOLDER.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
      if (!Files.exists(made) || !Arrays.equals(Files.readAllBytes(made), wanted)) {
        run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline");
        Files.write(made, wanted);
      }
    }
  }

  private static void run(String... line) throws IOException {
    Path log = FOLDER.resolve("npm.log");
    Process npm =
        started(new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()));
    try {
      assertThat(npm.waitFor(3, TimeUnit.MINUTES)).as("npm ci ends").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      npm.destroyForcibly();
    }
    assertThat(npm.exitValue()).as(Files.readString(log)).isZero();
  }

  private static Process started(ProcessBuilder program) throws IOException {
    try {
      return program.directory(FOLDER.toFile()).start();
    } catch (IOException e) {
      throw new IOException(
          "tests of single sign-on need Node.js 18 or later with npm: ./verify installs them", e);
    }
  }

  public String issuer() {
    return issuer;
  }

  /// Says who signs in from now on, and how it behaves: JSON as `provider.mjs` describes it.
  void now(String json) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(issuer + "/test"))
            .POST(BodyPublishers.ofString(json))
            .build();
    // Node closes a connection after five seconds, perhaps while the next request is sent on it.
    try (HttpClient once = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      assertThat(once.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A user with a verified address and groups.
  public void signsIn(String subject, String... groups) {
    now(
        """
        {"user": {"sub": "%1$s", "email": "%1$s@example.org", "email_verified": true,
          "groups": ["%2$s"]}}
        """
            .formatted(subject, String.join("\",\"", groups)));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
