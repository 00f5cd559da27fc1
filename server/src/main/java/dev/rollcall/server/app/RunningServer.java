package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.Sources;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A server that runs already, and does what a command asks it to do.
///
/// @param url where it is, with its base path
/// @param token empty: the server is asked as this machine
record RunningServer(URI url, Optional<String> token) {
  private static final String SERVER = "--server";
  private static final String TOKEN_FILE = "--token-file";
  private static final String USUAL = "http://localhost:8080";

  /// Longer than a channel takes.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int LARGEST = 16 * 1024 * 1024;

  /// Adds the flags that say which server it is.
  static CommandSpec flags(CommandSpec command) {
    return Flags.withFile(command)
        .addOption(
            OptionSpec.builder(SERVER)
                .paramLabel("URL")
                .type(String.class)
                .description(
                    "the server to ask, with its base path (default: that of the configuration on"
                        + " this machine, "
                        + USUAL
                        + ")")
                .build())
        .addOption(
            OptionSpec.builder(TOKEN_FILE)
                .paramLabel("FILE")
                .type(Path.class)
                .description(
                    "file with the token for management, or of an account; without it and without"
                        + " "
                        + SERVER
                        + ", that of the configuration, if it has one")
                .build());
  }

  /// The server that the flags name. Without its URL, it is the one that `serve` runs here with the
  /// same configuration: host, port, base path and token are read as `serve` reads them. A token of
  /// the configuration is sent to no other server.
  ///
  /// @param directory the working directory
  /// @param environment the environment of the process
  /// @throws IllegalArgumentException with a line about a mistake in them
  static RunningServer of(ParseResult given, Path directory, Map<String, String> environment) {
    Optional<String> token = token(given, directory);
    if (given.hasMatchedOption(SERVER)) {
      return new RunningServer(url(given.matchedOptionValue(SERVER, USUAL)), token);
    }
    Mistakes mistakes = new Mistakes();
    Values values =
        Sources.read(
                Map.of(),
                Map.of(),
                environment,
                Flags.files(AllSettings.SERVE, given, directory, environment),
                mistakes)
            .resolve(AllSettings.ALL, List.of());
    refuse(mistakes, token.isPresent());
    Listener main = WebSettings.main(AllSettings.SERVE, values);
    if (main.port() == 0) {
      throw new IllegalArgumentException(
          WebSettings.PORT.key() + ": 0 means any free port: give the URL with " + SERVER);
    }
    String base = values.of(WebSettings.BASE_PATH).text();
    return new RunningServer(
        URI.create(main.url(main.port()) + base),
        token.or(() -> values.of(WebSettings.TOKEN).map(Secret::reveal)));
  }

  /// Only what says where the server is has to be right: the rest may name variables that only the
  /// server has.
  private static void refuse(Mistakes mistakes, boolean hasToken) {
    List<String> paths = new ArrayList<>(List.of("file"));
    for (Setting<?> setting :
        List.of(WebSettings.HOST, WebSettings.PORT, WebSettings.BASE_PATH, WebSettings.TOKEN)) {
      if (!hasToken || !setting.equals(WebSettings.TOKEN)) {
        paths.add(setting.key());
        paths.add(setting.variable());
        setting.fileVariable().ifPresent(paths::add);
        setting.aliases().forEach(alias -> paths.add(alias.variable()));
      }
    }
    mistakes.lines(paths).stream()
        .findFirst()
        .ifPresent(
            line -> {
              throw new IllegalArgumentException(line);
            });
  }

  private static URI url(String text) {
    try {
      URI url = URI.create(text.replaceFirst("/+$", ""));
      if (url.getHost() != null && String.valueOf(url.getScheme()).matches("(?i)https?")) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // below
    }
    throw new IllegalArgumentException(
        SERVER + ": \"" + text + "\" is no URL of a server: write it as " + USUAL);
  }

  private static Optional<String> token(ParseResult given, Path directory) {
    Optional<Path> file = Optional.ofNullable(given.matchedOptionValue(TOKEN_FILE, null));
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      String token = Files.readString(directory.resolve(file.get())).strip();
      if (token.matches("[!-~]+")) {
        return Optional.of(token);
      }
    } catch (IOException e) {
      // below
    }
    throw new IllegalArgumentException(
        TOKEN_FILE + ": " + file.get() + " cannot be read, or contains no token");
  }

  /// Sends `POST` without a body, and returns what is under `data`.
  ///
  /// @param path below the URL: `/v1/channels/ops/test`
  /// @throws CannotRun if it is not done, with what the server says
  JsonNode post(String path) throws InterruptedException {
    return send(path, builder -> builder.POST(BodyPublishers.noBody()));
  }

  /// The same with a JSON body.
  JsonNode post(String path, JsonNode body) throws InterruptedException {
    return send(
        path,
        builder ->
            builder
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
  }

  /// Sends `GET`, and returns what is under `data`.
  JsonNode get(String path) throws InterruptedException {
    return send(path, HttpRequest.Builder::GET);
  }

  private JsonNode send(String path, UnaryOperator<HttpRequest.Builder> method)
      throws InterruptedException {
    try (ServerClient client = new ServerClient(token, Map.of(), PATIENCE)) {
      HttpResponse<byte[]> answer =
          client.send(method.apply(client.request(URI.create(url + path))).build(), LARGEST);
      JsonNode body = read(new String(answer.body(), StandardCharsets.UTF_8));
      if (answer.statusCode() < 300 && body.has("data")) {
        return body.get("data");
      }
      throw new CannotRun(
          body.path("errors")
              .path(0)
              .asString(
                  "what answers at "
                      + url
                      + " is no Rollcall (status "
                      + answer.statusCode()
                      + "): name another server with "
                      + SERVER));
    } catch (NoAnswer e) {
      throw new CannotRun(
          "no server answers at " + url + ": start one, or name another one with " + SERVER);
    }
  }

  private static JsonNode read(String answer) {
    try {
      return Json.stored(answer);
    } catch (IllegalStateException | ClassCastException e) {
      return MissingNode.getInstance(); // another program's
    }
  }
}
