package dev.rollcall.server.collector;

import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which batch of which node the results of a request are: its headers `Rollcall-Node` and
/// `Rollcall-Batch`. Other nodes send neither.
///
/// @param id never used twice by the node, but each time that it sends the same batch
public record BatchId(String node, String id) {
  private static final String NODE = "Rollcall-Node";
  private static final String BATCH = "Rollcall-Batch";
  private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

  public BatchId {
    if (!NODE_NAME.matcher(node).matches() || !ID.matcher(id).matches()) {
      throw new IllegalArgumentException("'" + node + "', '" + id + "' name no batch");
    }
  }

  /// That of a request.
  ///
  /// @throws Refusal (400) if only one of the headers is there, or one is no name
  static Optional<BatchId> of(Request request) {
    Optional<String> node = request.header(NODE);
    Optional<String> batch = request.header(BATCH);
    if (node.isEmpty() && batch.isEmpty()) {
      return Optional.empty();
    }
    String name =
        node.filter(NODE_NAME.asMatchPredicate())
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "header "
                            + NODE
                            + " is missing or no name: give 1 to 64 letters, digits, '.', '_' and"
                            + " '-'"));
    String id =
        batch
            .filter(ID.asMatchPredicate())
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "header "
                            + BATCH
                            + " is missing or no id: give 1 to 64 letters, digits and '-'"));
    return Optional.of(new BatchId(name, id));
  }
}
