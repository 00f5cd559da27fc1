package dev.rollcall.server.http;

import java.util.List;
import java.util.function.ToLongFunction;

/// The newest rows of a list in the envelope, by falling ids: at most `limit=` of them, and below
/// the id `before=`: `"audit":{"data":[...],"pagination":{"limit":100,"before":412}}`. The next
/// page begins below `before`, which is null on the last one.
///
/// @param before every id, if the request names none
/// @param limit rows of a page
public record Newest(long before, int limit) {
  private static final int USUAL = 100;
  private static final int MOST = 1_000;

  /// Reads `before=` and `limit=` of the query: 100 rows if it has no limit, 1,000 at most.
  ///
  /// @throws Refusal (400) if one is no positive whole number
  public static Newest of(Request request) {
    return new Newest(
        request.queryNumber("before").orElse(Long.MAX_VALUE),
        (int) Math.min(request.queryNumber("limit").orElse(USUAL), MOST));
  }

  /// Whether there may be older rows than these.
  public boolean isFull(List<?> rows) {
    return rows.size() == limit;
  }

  /// 200 with these rows, the newest first.
  public <T> Answer answer(String name, List<T> rows, ToLongFunction<T> id, Listing.Row<T> row) {
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName(name).writeStartObject();
          json.writeName("data").writeStartArray();
          rows.forEach(each -> row.write(json, each));
          json.writeEndArray().writeName("pagination").writeStartObject();
          json.writeNumberProperty("limit", limit).writeName("before");
          if (isFull(rows)) {
            json.writeNumber(id.applyAsLong(rows.getLast()));
          } else {
            json.writeNull();
          }
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }
}
