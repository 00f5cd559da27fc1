package dev.rollcall.server.node;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// A server that lists its nodes, over HTTP: `POST /v1/nodes/{name}`.
record HttpListing(ServerClient http, URI base) implements NodeListing {
  private static final int LARGEST = 64 * 1024;

  /// The server to which results or requests for targets go.
  ///
  /// @param path how the URL has to end: `/results`
  /// @return empty if it ends otherwise: then it is no server of this kind
  static Optional<HttpListing> beside(ServerClient http, URI url, String path) {
    String text = url.toString();
    return text.endsWith(path)
        ? Optional.of(
            new HttpListing(
                http, URI.create(text.substring(0, text.length() - path.length()) + "/v1/nodes/")))
        : Optional.empty();
  }

  @Override
  public Optional<Instant> report(String node, NodeStatus status) throws InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            http.request(base.resolve(node))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body(status)))
                .build(),
            LARGEST);
    int code = answer.statusCode();
    if (code == 404 || code == 405) {
      return Optional.empty();
    }
    if (code != 200) {
      throw new NoAnswer(
          ServerClient.server(base) + " does not list this node: it answers " + code);
    }
    try {
      String now =
          Json.stored(new String(answer.body(), StandardCharsets.UTF_8))
              .path("data")
              .path("now")
              .asString("");
      return Optional.of(Instant.parse(now));
    } catch (IllegalStateException | ClassCastException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static byte[] body(NodeStatus status) {
    return Json.bytes(
        json -> {
          json.writeStartObject()
              .writeStringProperty("version", status.version())
              .writeNumberProperty("rate", status.rate());
          json.writeName("packets_per_second");
          Json.number(json, status.packetsPerSecond());
          json.writeNumberProperty("spool_batches", status.spoolBatches())
              .writeNumberProperty("spool_bytes", status.spoolBytes())
              .writeNumberProperty("dropped", status.dropped())
              .writeStringProperty("sent_at", status.sentAt().toString());
          status
              .clockOffset()
              .ifPresent(offset -> json.writeNumberProperty("clock_offset_ms", offset.toMillis()));
          json.writeEndObject();
        });
  }
}
