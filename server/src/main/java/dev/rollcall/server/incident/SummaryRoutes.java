package dev.rollcall.server.incident;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.incident.IncidentSummary.Line;
import dev.rollcall.server.incident.IncidentSummary.Took;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// `/v1/incidents/summary`: how many incidents have opened in a span, and how long they took, as
/// JSON or CSV.
final class SummaryRoutes {
  /// How many incidents are summed up: they are in memory meanwhile.
  private static final int MOST = 50_000;

  private static final Duration USUAL = Duration.ofDays(30);

  /// The end of the year 9999.
  private static final long LAST = 253_402_300_799L;

  private static final List<String> COLUMNS =
      List.of(
          "subject",
          "incidents",
          "detect_mean",
          "detect_median",
          "acknowledge_mean",
          "acknowledge_median",
          "repair_mean",
          "repair_median");

  private final IncidentStore store;
  private final Clock clock;

  SummaryRoutes(IncidentStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  Route route() {
    return Route.list("/v1/incidents/summary", Access.USER, this::summary);
  }

  private Answer summary(Request request) {
    Instant to = time(request, "to").orElse(clock.wall());
    Instant from = time(request, "from").orElse(to.minus(USUAL));
    if (!from.isBefore(to)) {
      throw Refusal.ofParameter("from", "is not before 'to'");
    }
    boolean csv = isCsv(request);
    List<IncidentSummary.Row> rows = store.opened(request.scope(), from, to, MOST + 1);
    if (rows.size() > MOST) {
      throw Refusal.ofParameter(
          "from", "leads to more than " + MOST + " incidents: give a shorter span");
    }
    IncidentSummary summary = IncidentSummary.of(rows);
    return csv ? csv(summary) : json(summary, from, to);
  }

  private static Optional<Instant> time(Request request, String parameter) {
    return request.queryNumber(parameter).stream()
        .boxed()
        .map(
            seconds -> {
              if (seconds > LAST) {
                throw Refusal.ofParameter(parameter, "is no time: give Unix seconds");
              }
              return Instant.ofEpochSecond(seconds);
            })
        .findFirst();
  }

  private static boolean isCsv(Request request) {
    Optional<String> format = request.query("format");
    format
        .filter(word -> !word.equals("csv") && !word.equals("json"))
        .ifPresent(
            word -> {
              throw Refusal.ofParameter("format", "is '" + word + "': give json or csv");
            });
    return format
        .map("csv"::equals)
        .orElseGet(
            () -> request.header("Accept").filter(text -> text.contains("text/csv")).isPresent());
  }

  private static Answer json(IncidentSummary summary, Instant from, Instant to) {
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("summary").writeStartObject().writeName("data");
          json.writeStartObject()
              .writeNumberProperty("from", from.getEpochSecond())
              .writeNumberProperty("to", to.getEpochSecond());
          write(json, summary.all());
          json.writeName("subjects").writeStartArray();
        },
        summary.bySubject().stream().<Json.Body>map(line -> json -> row(json, line)).iterator(),
        json -> json.writeEndArray().writeEndObject().writeEndObject().writeEndObject());
  }

  private static void row(JsonGenerator json, Line line) {
    json.writeStartObject().writeName("subject");
    line.subject()
        .ifPresentOrElse(
            subject -> {
              json.writeString(IncidentRoutes.words(subject))
                  .writeNumberProperty("subject_id", subject.id());
              if (subject.owner() != Scope.OPERATOR) {
                json.writeNumberProperty("owner", subject.owner());
              }
            },
            () -> json.writeNull().writeNullProperty("subject_id"));
    write(json, line);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Line line) {
    json.writeNumberProperty("incidents", line.many());
    write(json, "detect", line.detect());
    write(json, "acknowledge", line.acknowledge());
    write(json, "repair", line.repair());
  }

  private static void write(JsonGenerator json, String name, Took took) {
    json.writeName(name).writeStartObject().writeNumberProperty("incidents", took.many());
    json.writeName("mean");
    number(json, took, took.mean());
    json.writeName("median");
    number(json, took, took.median());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, Took took, Duration duration) {
    if (took.many() == 0) {
      json.writeNull();
    } else {
      json.writeNumber(seconds(duration));
    }
  }

  /// Seconds, with milliseconds behind the point.
  private static String seconds(Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
    return seconds.toPlainString();
  }

  /// A line for each subject. A subject begins with its type, so a table program takes none for a
  /// formula.
  private static Answer csv(IncidentSummary summary) {
    return Answer.stream(
        200,
        "text/csv; charset=utf-8",
        out -> {
          out.write(line(COLUMNS.stream()));
          for (Line one : summary.bySubject()) {
            out.write(line(cells(one)));
          }
        });
  }

  private static Stream<String> cells(Line line) {
    return Stream.concat(
        Stream.of(
            line.subject().map(IncidentRoutes::words).orElse(""), Integer.toString(line.many())),
        Stream.of(line.detect(), line.acknowledge(), line.repair())
            .flatMap(
                took ->
                    took.many() == 0
                        ? Stream.of("", "")
                        : Stream.of(seconds(took.mean()), seconds(took.median()))));
  }

  /// A line of RFC 4180.
  private static byte[] line(Stream<String> cells) {
    StringJoiner line = new StringJoiner(",", "", "\r\n");
    cells.forEach(
        cell ->
            line.add(
                cell.matches("[^\",\r\n]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\""));
    return line.toString().getBytes(UTF_8);
  }
}
