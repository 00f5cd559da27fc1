package dev.rollcall.server.node;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.httpclient.RetryAfter;
import dev.rollcall.server.time.Durations;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The requests of a node to pool and collector. Each ends in time and takes bounded memory,
/// whatever the server does. Redirects are not followed: the token is for one server.
final class NodeHttp implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int LONGEST_SHOWN = 200;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();
  private final String node;
  private final Optional<String> token;
  private final Duration patience;

  /// @param node the name of this node, which each request says
  /// @param token what the servers require
  /// @param patience the longest time for a request with its whole answer
  NodeHttp(String node, Optional<String> token, Duration patience) {
    this.node = node;
    this.token = token;
    this.patience = patience;
  }

  /// A request with what all of them have.
  HttpRequest.Builder request(URI url) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).header("Rollcall-Node", node);
    token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    return request;
  }

  /// Sends a request.
  ///
  /// @param most the largest body of an answer, in bytes
  /// @throws NoAnswer if there is none, or a larger one
  HttpResponse<byte[]> send(HttpRequest request, int most) throws InterruptedException {
    Future<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new NoAnswer(server(request.uri()) + " " + words(e.getCause(), most));
    } catch (TimeoutException e) {
      throw new NoAnswer(
          server(request.uri()) + " did not answer within " + Durations.words(patience));
    } finally {
      answer.cancel(true);
    }
  }

  private static String words(@Nullable Throwable failed, int most) {
    Throwable cause =
        failed instanceof CompletionException && failed.getCause() != null
            ? failed.getCause()
            : failed;
    if (cause instanceof UnknownHostException
        || (cause != null && cause.getCause() instanceof UnresolvedAddressException)) {
      return "has a name that is not found";
    }
    if (cause instanceof ConnectException) {
      return "does not accept connections";
    }
    if (cause instanceof IOException && String.valueOf(cause.getMessage()).contains("capacity")) {
      return "sends more than " + most + " bytes";
    }
    return "cannot be asked: "
        + OneLine.of(
            cause == null || cause.getMessage() == null ? "no connection" : cause.getMessage(),
            LONGEST_SHOWN);
  }

  /// A server in messages: `http://localhost:8081`.
  static String server(URI url) {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /// How long the server asks to be left alone.
  static Optional<Duration> retryAfter(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .flatMap(text -> RetryAfter.of(text, Instant.now()));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
