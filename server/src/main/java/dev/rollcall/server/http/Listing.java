package dev.rollcall.server.http;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import tools.jackson.core.JsonGenerator;

/// A list in the envelope, of which a page may be asked for:
/// `"events":{"data":[...],"pagination":{"page":1,"limit":100,"total":1234}}`, the last where one
/// was.
public final class Listing {
  private static final int USUAL = 100;

  /// Writes one row.
  @FunctionalInterface
  public interface Row<T> {
    void write(JsonGenerator json, T row);
  }

  /// The page that was asked for.
  ///
  /// @param number 1 is the first
  /// @param limit rows of a page
  public record Page(int number, int limit) {
    /// How many rows come before it.
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

  /// What the query asks for by `page=` and `limit=` (100 where only a page is given): positive
  /// whole numbers; a limit beyond `most` is cut.
  ///
  /// @throws Refusal (400) where one is none
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

  /// The rows to show: of the page, or as many as are shown at most.
  public Page page() {
    return asked.orElseGet(() -> new Page(1, most));
  }

  /// 200 with these rows.
  ///
  /// @param total counts all rows there are; asked where a page was
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
