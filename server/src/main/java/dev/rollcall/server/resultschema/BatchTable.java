package dev.rollcall.server.resultschema;

/// The table of the batches that nodes of Rollcall sent, in a results file: which node a result is
/// from, and which batches are there.
///
/// It is created with the first such batch. A file with results of other nodes only has exactly the
/// tables of output_service, and those stay as they are in any file. A result belongs to the batch
/// with `first_id <= id AND id <= last_id`.
public final class BatchTable {
  /// Its name.
  public static final String NAME = "rollcall_batch";

  /// Creates it, if it is missing.
  public static final String CREATE =
      "CREATE TABLE IF NOT EXISTS "
          + NAME
          + " (\n  node TEXT NOT NULL,\n  batch TEXT NOT NULL,\n  first_id INTEGER NOT NULL,\n"
          + "  last_id INTEGER NOT NULL,\n  PRIMARY KEY (node, batch)\n) WITHOUT ROWID";

  /// Inserts a batch, unless it is there: the node, the batch, the first and the last id.
  public static final String INSERT =
      "INSERT INTO "
          + NAME
          + " (node, batch, first_id, last_id) VALUES (?, ?, ?, ?)"
          + " ON CONFLICT DO NOTHING";

  /// The batches that were stored last, those first.
  public static final String NEWEST =
      "SELECT node, batch FROM " + NAME + " ORDER BY last_id DESC LIMIT 100000";

  /// Whether the table exists.
  public static final String EXISTS =
      "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '" + NAME + "'";

  private BatchTable() {}
}
