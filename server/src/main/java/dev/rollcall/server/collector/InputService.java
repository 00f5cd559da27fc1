package dev.rollcall.server.collector;

import dev.rollcall.server.time.Durations;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The input service over HTTP: `POST` of `{"hops":["10.0.0.1","172.16.5.3"]}`. They are accepted
/// if the answer is 2xx. Redirects are not followed.
public final class InputService implements HopReceiver {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final URI url;
  private final Optional<String> token;
  private final Duration patience;

  /// In its own class, so that the client is created when there is something to send.
  private static final class Client {
    private static final HttpClient HTTP =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
  }

  /// @param url where to post hops: `http://localhost:8080/hops`
  /// @param token the token that it requires
  public InputService(URI url, Optional<String> token) {
    this(url, token, ANSWER);
  }

  /// @param patience the longest wait for the whole answer
  InputService(URI url, Optional<String> token, Duration patience) {
    this.url = url;
    this.token = token;
    this.patience = patience;
  }

  @Override
  public Answer take(List<String> hops) throws IOException, InterruptedException {
    // Addresses need no escaping.
    String body = hops.stream().collect(Collectors.joining("\",\"", "{\"hops\":[\"", "\"]}"));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    int status = status(request.build());
    if (status / 100 == 2) {
      return Answer.TAKEN;
    }
    return switch (status) {
      case 400, 413, 415, 422 -> Answer.REFUSED;
      case 401, 403 ->
          throw new IOException(
              "it answered " + status + ": set collect.input-token to the token that it requires");
      default -> throw new IOException("it answered " + status);
    };
  }

  /// The timeout of the client itself ends with the headers: an endless body would block all hops
  /// for ever.
  private int status(HttpRequest request) throws IOException, InterruptedException {
    Future<HttpResponse<Void>> answer = Client.HTTP.sendAsync(request, BodyHandlers.discarding());
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
    } catch (ExecutionException e) {
      throw new IOException(words(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("it did not answer within " + Durations.words(patience), e);
    } finally {
      answer.cancel(true);
    }
  }

  /// Some exceptions of the client have no message.
  private static String words(@Nullable Throwable trouble) {
    if (trouble instanceof ConnectException) {
      return "connection refused";
    }
    return trouble == null || trouble.getMessage() == null ? "no connection" : trouble.getMessage();
  }

  @Override
  public String toString() {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
