package dev.rollcall.server.http;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import tools.jackson.core.JsonGenerator;

/// A list in the envelope, possibly one page of it:
/// `"events":{"data":[...],"pagination":{"page":1,"limit":100,"total":1234}}`. `pagination` is only
/// there if a page was requested.
public final class Listing {
  private static final int USUAL = 100;

  /// Writes one row.
  @FunctionalInterface
  public interface Row<T> {
    void write(JsonGenerator json, T row);
  }

  /// The requested page.
  ///
  /// @param number 1 is the first
  /// @param limit rows of a page
  public record Page(int number, int limit) {
    /// The number of rows before it.
    public long offset() {
      return (number - 1L) * limit;
    }
  }

  private final Optional<Page> asked;
  private final int most;

  private Listing(Optional<Page> asked, int most) {
    this.asked = asked;
    this.most = most;
  }

  /// Reads `page=` and `limit=` of the query (100 if only `page` is given): positive whole numbers.
  /// A limit above `most` is reduced to it.
  ///
  /// @throws Refusal (400) if one is no such number
  public static Listing of(Request request, int most) {
    OptionalLong page = request.queryNumber("page");
    OptionalLong limit = request.queryNumber("limit");
    if (page.isEmpty() && limit.isEmpty()) {
      return new Listing(Optional.empty(), most);
    }
    return new Listing(
        Optional.of(
            new Page(
                (int) Math.min(page.orElse(1), Integer.MAX_VALUE),
                (int) Math.min(limit.orElse(USUAL), most))),
        most);
  }

  /// The rows to show: those of the page, or the first ones up to the limit.
  public Page page() {
    return asked.orElseGet(() -> new Page(1, most));
  }

  /// 200 with these rows.
  ///
  /// @param total counts all rows; called only if a page was requested
  public <T> Answer answer(String name, List<T> rows, Row<T> row, LongSupplier total) {
    OptionalLong all =
        asked.isPresent() ? OptionalLong.of(total.getAsLong()) : OptionalLong.empty();
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName(name).writeStartObject();
          json.writeName("data").writeStartArray();
          rows.forEach(each -> row.write(json, each));
          json.writeEndArray();
          if (all.isPresent()) {
            json.writeName("pagination")
                .writeStartObject()
                .writeNumberProperty("page", page().number())
                .writeNumberProperty("limit", page().limit())
                .writeNumberProperty("total", all.getAsLong())
                .writeEndObject();
          }
          json.writeEndObject().writeEndObject();
        });
  }
}
