package dev.rollcall.server.node;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A collector over HTTP: `POST /results`, with the name of the node and the id of the batch in the
/// headers `Rollcall-Node` and `Rollcall-Batch`.
///
/// A batch counts as stored only if the answer says so, with the number of its results: a proxy or
/// a portal that answers 200 to everything has stored nothing.
record HttpCollector(ServerClient http, URI url) implements ResultReceiver {
  private static final int LARGEST = 64 * 1024;
  private static final int LONGEST_SHOWN = 200;
  private static final Duration AFTER_REFUSED_TOKEN = Duration.ofMinutes(1);

  @Override
  public Outcome send(String node, SpooledBatch batch) throws InterruptedException {
    try {
      return outcome(
          batch,
          http.send(
              http.request(url)
                  .header("Content-Type", "application/json")
                  .header("Content-Encoding", "gzip")
                  .header("Rollcall-Batch", batch.id())
                  .POST(BodyPublishers.ofByteArray(batch.body()))
                  .build(),
              LARGEST));
    } catch (NoAnswer e) {
      return new Outcome.Later(e.reason(), e.retryAfter());
    }
  }

  private Outcome outcome(SpooledBatch batch, HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    Optional<JsonNode> body = body(answer.body());
    if (status / 100 == 2) {
      return body.filter(json -> acknowledges(json, batch)).isPresent()
          ? new Outcome.Stored()
          : new Outcome.Later(
              this
                  + " answers "
                  + status
                  + ", but not as a collector does: set measure.output-file",
              Optional.empty());
    }
    return switch (status) {
      case 400, 413, 415, 422 ->
          new Outcome.Refused(
              this
                  + " answers "
                  + status
                  + body.flatMap(HttpCollector::error).map(error -> ": " + error).orElse(""));
      case 401, 403 ->
          new Outcome.Later(
              this + " answers " + status + ": set measure.token to the token it wants",
              Optional.of(AFTER_REFUSED_TOKEN));
      default -> new Outcome.Later(this + " answers " + status, ServerClient.retryAfter(answer));
    };
  }

  private static boolean acknowledges(JsonNode json, SpooledBatch batch) {
    JsonNode received = json.path("received");
    return json.path("status").asString("").equals("ok")
        && received.isIntegralNumber()
        && received.asLong(-1) == batch.results();
  }

  private static Optional<JsonNode> body(byte[] bytes) {
    try {
      return Optional.of(Json.stored(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalStateException | ClassCastException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> error(JsonNode json) {
    return Optional.of(json.path("error").asString(""))
        .filter(text -> !text.isBlank())
        .map(text -> OneLine.of(text, LONGEST_SHOWN));
  }

  @Override
  public String toString() {
    return "the collector at " + ServerClient.server(url);
  }
}
