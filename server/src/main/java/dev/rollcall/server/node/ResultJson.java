package dev.rollcall.server.node;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.node.Measurement.Hop;
import dev.rollcall.server.node.Measurement.Trace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JsonGenerator;

/// Writes measurements as the results of output_service.
final class ResultJson {
  private ResultJson() {}

  /// A JSON array, compressed with gzip.
  static byte[] batch(List<Measurement> measurements) {
    byte[] json =
        Json.bytes(
            array -> {
              array.writeStartArray();
              measurements.forEach(each -> write(array, each));
              array.writeEndArray();
            });
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file
    }
    return bytes.toByteArray();
  }

  /// One JSON object a line.
  static String lines(List<Measurement> measurements) {
    StringBuilder lines = new StringBuilder();
    measurements.forEach(each -> lines.append(Json.text(json -> write(json, each))).append('\n'));
    return lines.toString();
  }

  private static void write(JsonGenerator json, Measurement found) {
    json.writeStartObject()
        .writeStringProperty("ip", Addresses.text(found.target()))
        .writeNumberProperty("sent", found.sent())
        .writeNumberProperty("received", found.received());
    json.writeName("packet_loss");
    Json.number(json, found.loss());
    json.writeNumberProperty("avg_rtt", found.averageRtt().toNanos())
        .writeStringProperty("timestamp", found.at().toString());
    found.error().ifPresent(error -> json.writeStringProperty("error", error));
    found.trace().ifPresent(trace -> write(json, trace));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Trace trace) {
    json.writeName("traceroute")
        .writeStartObject()
        .writeStringProperty("method", trace.method().name().toLowerCase(Locale.ROOT))
        .writeBooleanProperty("completed", trace.completed());
    trace.error().ifPresent(error -> json.writeStringProperty("error", error));
    json.writeName("hops").writeStartArray();
    trace.hops().forEach(hop -> write(json, hop));
    json.writeEndArray().writeEndObject();
  }

  private static void write(JsonGenerator json, Hop hop) {
    json.writeStartObject().writeNumberProperty("ttl", hop.ttl());
    hop.address()
        .ifPresentOrElse(
            address -> json.writeStringProperty("ip", Addresses.text(address)),
            () -> json.writeBooleanProperty("timeout", true));
    if (hop.rtt().isPositive()) {
      json.writeNumberProperty("rtt", hop.rtt().toNanos());
    }
    json.writeEndObject();
  }
}
