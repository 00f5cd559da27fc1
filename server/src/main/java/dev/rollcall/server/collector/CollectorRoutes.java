package dev.rollcall.server.collector;

import dev.rollcall.server.collector.ResultIntake.Received;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The routes that nodes and the operator call: `POST /results`, `POST /rotate`, `GET /dump`.
final class CollectorRoutes {
  private final RotatingStore store;
  private final ResultIntake intake;

  CollectorRoutes(RotatingStore store, ResultIntake intake) {
    this.store = store;
    this.intake = intake;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/results", Access.SENDER, this::results)
            .withBodyLimit(Route.LARGEST_BODY)
            .withErrors(ErrorShape.PLAIN),
        Route.post("/rotate", Access.OPERATOR, this::rotate).withErrors(ErrorShape.PLAIN),
        Route.get("/dump", Access.OPERATOR, this::dump).withErrors(ErrorShape.PLAIN));
  }

  private Answer results(Request request) {
    return switch (intake.receive(BatchId.of(request), request.bodyStream())) {
      case Received.Wrong(String error, List<InvalidElement> invalid) ->
          Answer.json(400, json -> CollectorJson.invalid(json, error, invalid));
      case Received.Stored(int count) ->
          Answer.json(
              200,
              json ->
                  json.writeStartObject()
                      .writeStringProperty("status", "ok")
                      .writeNumberProperty("received", count)
                      .writeEndObject());
    };
  }

  private Answer rotate(Request request) {
    String file = store.rotate().name().text();
    return Answer.json(
        200,
        json ->
            json.writeStartObject()
                .writeStringProperty("status", "rotated")
                .writeStringProperty("file", file)
                .writeEndObject());
  }

  /// Makes a copy first and then sends it, so that a slow client delays nobody.
  private Answer dump(Request request) throws IOException {
    RotatingStore.Copy copy = store.copy();
    // The file is deleted when it is opened, or at the latest when it is closed: so neither a kill
    // nor a client leaves it behind.
    InputStream content =
        Files.newInputStream(
            copy.file(), StandardOpenOption.DELETE_ON_CLOSE, LinkOption.NOFOLLOW_LINKS);
    return Answer.stream(
            200,
            "application/vnd.sqlite3",
            out -> {
              try (content) {
                content.transferTo(out);
              }
            })
        .with("Content-Disposition", "attachment; filename=\"" + copy.name() + "\"");
  }
}
