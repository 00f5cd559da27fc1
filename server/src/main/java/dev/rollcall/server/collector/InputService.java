package dev.rollcall.server.collector;

import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// The input service over HTTP: `POST` of `{"hops":["10.0.0.1","172.16.5.3"]}`. They are accepted
/// if the answer is 2xx.
///
/// @param url where to post hops: `http://localhost:8080/hops`
public record InputService(URI url, ServerClient client) implements HopReceiver {
  /// The longest wait for its whole answer.
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /// What it answers does not matter, but for its status.
  private static final int LARGEST = 64 * 1024;

  @Override
  public Answer take(List<String> hops) throws InterruptedException {
    // Addresses need no escaping.
    String body = hops.stream().collect(Collectors.joining("\",\"", "{\"hops\":[\"", "\"]}"));
    int status =
        client
            .send(
                client
                    .request(url)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                LARGEST)
            .statusCode();
    if (status / 100 == 2) {
      return Answer.TAKEN;
    }
    return switch (status) {
      case 400, 413, 415, 422 -> Answer.REFUSED;
      case 401, 403 ->
          throw new NoAnswer(
              this
                  + " answered "
                  + status
                  + ": set collect.input-token to the token that it requires");
      default -> throw new NoAnswer(this + " answered " + status);
    };
  }

  @Override
  public String toString() {
    return ServerClient.server(url);
  }
}
