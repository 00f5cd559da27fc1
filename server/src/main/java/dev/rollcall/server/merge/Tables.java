package dev.rollcall.server.merge;

import java.util.List;
import java.util.stream.Collectors;

/// The three tables of a collector's file (seed 000), parents first.
///
/// @param name the table
/// @param parent the column that holds the id of a row in the table before; empty: none
/// @param columns the other columns
record Tables(String name, String parent, List<String> columns) {
  /// Marks a file that a merge made: `Roll` in SQLite's `application_id`.
  static final int APPLICATION = 0x526f6c6c;

  static final Tables RESULTS =
      new Tables(
          "ping_results",
          "",
          List.of(
              "ip",
              "sent",
              "received",
              "packet_loss",
              "avg_rtt",
              "timestamp",
              "error",
              "created_at"));

  static final List<Tables> ALL =
      List.of(
          RESULTS,
          new Tables(
              "traceroute_results", "ping_result_id", List.of("method", "completed", "error")),
          new Tables("traceroute_hops", "traceroute_id", List.of("ttl", "ip", "rtt", "timeout")));

  /// What makes a new file: the collector's tables, and which files went in.
  static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE ping_results (
            id INTEGER PRIMARY KEY,
            ip TEXT,
            sent INTEGER,
            received INTEGER,
            packet_loss REAL,
            avg_rtt INTEGER,
            timestamp DATETIME,
            error TEXT,
            created_at DATETIME
          )""",
          """
          CREATE TABLE traceroute_results (
            id INTEGER PRIMARY KEY,
            ping_result_id INTEGER,
            method TEXT,
            completed BOOLEAN,
            error TEXT,
            FOREIGN KEY (ping_result_id) REFERENCES ping_results (id)
          )""",
          """
          CREATE TABLE traceroute_hops (
            id INTEGER PRIMARY KEY,
            traceroute_id INTEGER,
            ttl INTEGER,
            ip TEXT,
            rtt INTEGER,
            timeout BOOLEAN,
            FOREIGN KEY (traceroute_id) REFERENCES traceroute_results (id)
          )""",
          "CREATE TABLE merged_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
              + " merged_at DATETIME NOT NULL)",
          "PRAGMA application_id = " + APPLICATION);

  /// The collector's indexes, made after a first merge: sorting once costs a fraction of finding
  /// each row's place.
  static final List<String> INDEXES =
      List.of(
          "CREATE INDEX IF NOT EXISTS idx_ping_results_ip ON ping_results (ip)",
          "CREATE INDEX IF NOT EXISTS idx_ping_results_timestamp ON ping_results (timestamp)",
          "CREATE INDEX IF NOT EXISTS idx_traceroute_hops_ip ON traceroute_hops (ip)");

  /// Copies rows after `?` up to `?`, with ids moved by `?`; the parameters are: the shift (twice
  /// where there is a parent), after, up to.
  String copy() {
    String others = String.join(", ", columns);
    return parent.isEmpty()
        ? "INSERT INTO main.%s (id, %s) SELECT id + ?1, %s FROM source.%s WHERE id > ?2 AND id <= ?3 ORDER BY id"
            .formatted(name, others, others, name)
        : "INSERT INTO main.%s (id, %s, %s) SELECT id + ?1, %s + ?1, %s FROM source.%s WHERE id > ?2 AND id <= ?3 ORDER BY id"
            .formatted(name, parent, others, parent, others, name);
  }

  /// Whether the rows `one` and `other` say different things.
  String differ(String one, String other) {
    return columns.stream()
        .map(column -> "%s.%s IS NOT %s.%s".formatted(one, column, other, column))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }
}
