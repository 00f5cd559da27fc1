package dev.rollcall.server.collector;

import dev.rollcall.server.http.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The answers of output_service, with exactly its keys.
final class CollectorJson {
  private CollectorJson() {}

  static void invalid(JsonGenerator json, String error, List<InvalidElement> invalid) {
    json.writeStartObject().writeStringProperty("error", error);
    if (!invalid.isEmpty()) {
      json.writeName("invalid").writeStartArray();
      for (InvalidElement one : invalid) {
        json.writeStartObject()
            .writeNumberProperty("index", one.index())
            .writeStringProperty("field", one.field())
            .writeStringProperty("reason", one.reason())
            .writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  static void stats(JsonGenerator json, CollectorStats stats) {
    json.writeStartObject()
        .writeNumberProperty("total_results", stats.results())
        .writeNumberProperty("successful_pings", stats.successful())
        .writeNumberProperty("failed_pings", stats.failed())
        .writeNumberProperty("hops_discovered", stats.hopsDiscovered())
        .writeNumberProperty("hops_sent", stats.hopsSent());
    time(json, "last_result_time", stats.last());
    json.writeStringProperty("current_db_file", stats.file())
        .writeNumberProperty("current_db_size", stats.size());
    time(json, "last_rotation", stats.begun());
    json.writeEndObject();
  }

  private static void time(JsonGenerator json, String key, Optional<Instant> at) {
    if (at.isPresent()) {
      json.writeStringProperty(key, Timestamps.rfc3339(at.get()));
    } else {
      json.writeNullProperty(key);
    }
  }

  static void recent(JsonGenerator json, List<RecentResults.Row> rows) {
    json.writeStartArray();
    for (RecentResults.Row row : rows) {
      json.writeStartObject()
          .writeNumberProperty("id", row.id())
          .writeStringProperty("ip", row.ip())
          .writeNumberProperty("sent", row.sent())
          .writeNumberProperty("received", row.received())
          .writeName("packet_loss");
      Json.number(json, row.loss());
      json.writeNumberProperty("avg_rtt", row.averageRtt())
          .writeStringProperty("timestamp", Timestamps.answered(row.timestamp()));
      if (row.error() != null && !row.error().isEmpty()) {
        json.writeStringProperty("error", row.error());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
