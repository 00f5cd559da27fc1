package dev.rollcall.server.http;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import tools.jackson.core.JsonGenerator;

/// The answers of go-service-healthcheck: `{"status":200,"status_desc":"OK","data":{...}}`.
public final class Envelope {
  private Envelope() {}

  /// 200 without data: `{"status":200,"status_desc":"OK"}`.
  public static Answer ok() {
    return Answer.json(200, json -> head(json, 200).writeEndObject());
  }

  /// 200 around `data`, which writes one JSON value.
  public static Answer ok(Json.Body data) {
    return of(200, data);
  }

  /// Any other success around `data`, which writes one JSON value.
  public static Answer of(int status, Json.Body data) {
    return Answer.json(
        status,
        json -> {
          head(json, status).writeName("data");
          data.write(json);
          json.writeEndObject();
        });
  }

  /// 200 with data that may be long: rows between a beginning and an end. Each row is written when
  /// the client has read what came before.
  public static Answer ok(Json.Body begin, Iterator<Json.Body> rows, Json.Body end) {
    Json.Body first =
        json -> {
          head(json, 200).writeName("data");
          begin.write(json);
        };
    Json.Body last =
        json -> {
          end.write(json);
          json.writeEndObject();
        };
    return Answer.json(200, new Around(first, rows, last));
  }

  /// Rows between a beginning and an end. (A stream of streams would read all rows at once.)
  private static final class Around implements Iterator<Json.Body> {
    private final Json.Body begin;
    private final Iterator<Json.Body> rows;
    private final Json.Body end;
    private boolean begun;
    private boolean ended;

    Around(Json.Body begin, Iterator<Json.Body> rows, Json.Body end) {
      this.begin = begin;
      this.rows = rows;
      this.end = end;
    }

    @Override
    public boolean hasNext() {
      return !ended;
    }

    @Override
    public Json.Body next() {
      if (ended) {
        throw new NoSuchElementException();
      }
      if (!begun) {
        begun = true;
        return begin;
      }
      if (rows.hasNext()) {
        return rows.next();
      }
      ended = true;
      return end;
    }
  }

  static void error(JsonGenerator json, int status, List<String> errors) {
    head(json, status).writeName("errors").writeStartArray();
    errors.forEach(json::writeString);
    json.writeEndArray().writeEndObject();
  }

  private static JsonGenerator head(JsonGenerator json, int status) {
    return json.writeStartObject()
        .writeNumberProperty("status", status)
        .writeStringProperty("status_desc", AnswerWriter.reason(status));
  }
}
