package dev.rollcall.server.httpclient;

import dev.rollcall.server.config.OneLine;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Requests to servers of our own kind that the operator has named, such as pools and collectors:
/// one after the other over a kept connection, with a token. Each ends in time and takes bounded
/// memory, whatever the server does. Redirects are not followed: the token is for one server.
/// Several threads may use one client.
///
/// For what others have named (receivers, providers), use [HttpClient].
public final class ServerClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int LONGEST_SHOWN = 200;

  private final Optional<String> token;
  private final Map<String, String> headers;
  private final Duration longest;
  private @Nullable HttpClient client;

  /// @param token what the servers require
  /// @param headers of each request
  /// @param longest the longest time for a request with its whole answer
  public ServerClient(Optional<String> token, Map<String, String> headers, Duration longest) {
    this.token = token;
    this.headers = Map.copyOf(headers);
    this.longest = longest;
  }

  /// A request with what all of them have.
  public HttpRequest.Builder request(URI url) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    headers.forEach(request::header);
    token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    return request;
  }

  /// Sends a request. Any status is an answer.
  ///
  /// @param most the largest body of an answer, in bytes
  /// @throws NoAnswer if there is none, or a larger one
  public HttpResponse<byte[]> send(HttpRequest request, int most) throws InterruptedException {
    // The timeout of the JDK's client ends with the headers: a body without end has none.
    Future<HttpResponse<byte[]>> answer =
        client().sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
    try {
      return answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw NoAnswer.of(request.uri(), words(e.getCause(), most));
    } catch (TimeoutException e) {
      throw NoAnswer.of(request.uri(), "did not answer within " + Durations.words(longest));
    } finally {
      answer.cancel(true);
    }
  }

  /// Its thread and classes are made when there is something to send.
  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT)
              .build();
    }
    return client;
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
  public static String server(URI url) {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /// How long the server asks to be left alone.
  public static Optional<Duration> retryAfter(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .flatMap(text -> RetryAfter.of(text, Instant.now()));
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
