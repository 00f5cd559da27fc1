package dev.rollcall.server.node.registry;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.node.NodeStatus;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads the report of a node. Unknown keys are ignored, so that newer nodes may say more.
final class ReportReader {
  private static final int LONGEST_VERSION = 40;

  /// A clock that is further away says no more than one that is this far.
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  private ReportReader() {}

  /// @throws Refusal (400) with what is wrong
  static NodeStatus read(JsonNode body) {
    return new NodeStatus(
        version(body),
        (int) whole(body, "rate", Integer.MAX_VALUE),
        fraction(body, "packets_per_second"),
        whole(body, "spool_batches", Long.MAX_VALUE),
        whole(body, "spool_bytes", Long.MAX_VALUE),
        whole(body, "dropped", Long.MAX_VALUE),
        sentAt(body),
        offset(body));
  }

  private static String version(JsonNode body) {
    JsonNode version = body.path("version");
    if (!version.isString()
        || version.stringValue().isBlank()
        || version.stringValue().length() > LONGEST_VERSION) {
      throw Refusal.badRequest(
          "field 'version' is no version: give a text of 1 to " + LONGEST_VERSION + " characters");
    }
    return OneLine.of(version.stringValue());
  }

  private static long whole(JsonNode body, String field, long most) {
    JsonNode number = body.path(field);
    if (!number.isIntegralNumber()
        || !number.canConvertToLong()
        || number.longValue() < 0
        || number.longValue() > most) {
      throw Refusal.badRequest("field '" + field + "' is no count: give a whole number from 0 on");
    }
    return number.longValue();
  }

  private static double fraction(JsonNode body, String field) {
    JsonNode number = body.path(field);
    double value = number.isNumber() ? number.asDouble(-1) : -1;
    if (!(value >= 0 && value <= Integer.MAX_VALUE)) {
      throw Refusal.badRequest("field '" + field + "' is no rate: give a number from 0 on");
    }
    return value;
  }

  private static Instant sentAt(JsonNode body) {
    try {
      Instant at = Instant.parse(body.path("sent_at").asString(""));
      if (!at.isBefore(Instant.EPOCH) && at.isBefore(LATEST)) {
        return at;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw Refusal.badRequest(
        "field 'sent_at' is no time: give RFC 3339 in UTC, as in 2026-01-07T22:30:00Z");
  }

  private static Optional<Duration> offset(JsonNode body) {
    JsonNode millis = body.path("clock_offset_ms");
    if (millis.isMissingNode() || millis.isNull()) {
      return Optional.empty();
    }
    if (!millis.isIntegralNumber() || !millis.canConvertToLong()) {
      throw Refusal.badRequest("field 'clock_offset_ms' is no whole number: give milliseconds");
    }
    return Optional.of(bounded(millis.longValue()));
  }

  /// @param millis of a clock that may be anywhere
  static Duration bounded(long millis) {
    return Duration.ofMillis(Math.clamp(millis, -FURTHEST.toMillis(), FURTHEST.toMillis()));
  }
}
