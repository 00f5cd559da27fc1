package dev.rollcall.server.resultschema;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One of the three tables of a results file, exactly as in output_service. Each has an `id`.
///
/// @param name the name of the table
/// @param parent the column with the id of a row in the table before; empty: none
/// @param declared the other columns with their types, in order: `ip TEXT`
public record ResultTable(String name, String parent, List<String> declared) {
  /// The pings.
  public static final ResultTable RESULTS =
      new ResultTable(
          "ping_results",
          "",
          List.of(
              "ip TEXT",
              "sent INTEGER",
              "received INTEGER",
              "packet_loss REAL",
              "avg_rtt INTEGER",
              "timestamp DATETIME",
              "error TEXT",
              "created_at DATETIME"));

  /// The traceroutes of the pings.
  public static final ResultTable TRACEROUTES =
      new ResultTable(
          "traceroute_results",
          "ping_result_id",
          List.of("method TEXT", "completed BOOLEAN", "error TEXT"));

  /// The hops of the traceroutes.
  public static final ResultTable HOPS =
      new ResultTable(
          "traceroute_hops",
          "traceroute_id",
          List.of("ttl INTEGER", "ip TEXT", "rtt INTEGER", "timeout BOOLEAN"));

  /// All tables, parents first.
  public static final List<ResultTable> ALL = List.of(RESULTS, TRACEROUTES, HOPS);

  /// Statements that create missing tables.
  public static final List<String> CREATE =
      List.of(RESULTS.create(""), TRACEROUTES.create(RESULTS.name), HOPS.create(TRACEROUTES.name));

  /// Statements that create missing indexes.
  public static final List<String> INDEXES =
      List.of(RESULTS.index("ip"), RESULTS.index("timestamp"), HOPS.index("ip"));

  public ResultTable {
    declared = List.copyOf(declared);
  }

  private String create(String before) {
    String reference =
        before.isEmpty()
            ? ""
            : ",\n  FOREIGN KEY (%s) REFERENCES %s (id)".formatted(parent, before);
    return Stream.concat(
            parent.isEmpty() ? Stream.empty() : Stream.of(parent + " INTEGER"), declared.stream())
        .collect(
            Collectors.joining(
                ",\n  ",
                "CREATE TABLE IF NOT EXISTS " + name + " (\n  id INTEGER PRIMARY KEY,\n  ",
                reference + "\n)"));
  }

  private String index(String column) {
    return "CREATE INDEX IF NOT EXISTS idx_%s_%s ON %s (%s)".formatted(name, column, name, column);
  }

  /// The names of the other columns.
  public List<String> columns() {
    return declared.stream().map(column -> column.substring(0, column.indexOf(' '))).toList();
  }

  /// The names of all columns: the id, the parent's id, the others.
  public List<String> allColumns() {
    return Stream.of(Stream.of("id", parent), columns().stream())
        .flatMap(names -> names)
        .filter(column -> !column.isEmpty())
        .toList();
  }

  /// Inserts a row, with a parameter for each of [#allColumns].
  public String insert() {
    List<String> all = allColumns();
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(
            name,
            String.join(", ", all),
            all.stream().map(column -> "?").collect(Collectors.joining(", ")));
  }
}
