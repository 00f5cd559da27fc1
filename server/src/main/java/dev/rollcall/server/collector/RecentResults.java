package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.sql.StorageException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/// The results stored last, from the current file and then the older ones.
///
/// "Last" means the order of storing, not the times of the nodes: so a node whose clock is ahead
/// does not hide the others, and one index finds the results of an address in this order.
record RecentResults(RotatingStore store) {
  private static final String COLUMNS =
      "SELECT id, ip, sent, received, packet_loss, avg_rtt, timestamp, error FROM ping_results";

  /// The number of files that stay open for the next request.
  private static final int OPEN = 8;

  /// A row of a file.
  record Row(
      long id,
      String ip,
      long sent,
      long received,
      double loss,
      long averageRtt,
      String timestamp,
      @Nullable String error) {
    private static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getLong(1),
          text(row.getString(2)),
          row.getLong(3),
          row.getLong(4),
          row.getDouble(5),
          row.getLong(6),
          text(row.getString(7)),
          row.getString(8));
    }

    private static String text(@Nullable String column) {
      return column == null ? "" : column;
    }
  }

  /// The newest first, for one address or all.
  List<Row> read(int limit, Optional<Address> ip) {
    List<Row> rows = new ArrayList<>();
    List<ResultFile> files = store.files();
    for (int i = 0; i < files.size() && rows.size() < limit; i++) {
      rows.addAll(read(files.get(i), limit - rows.size(), ip));
      if (i >= OPEN) {
        files.get(i).rest();
      }
    }
    return rows;
  }

  /// An older file that cannot be read is skipped.
  private static List<Row> read(ResultFile file, int limit, Optional<Address> ip) {
    try {
      return file.read(handle -> query(handle, ip, limit)).orElse(List.of());
    } catch (StorageException | JdbiException e) {
      if (file.isWritten()) {
        throw e;
      }
      file.complain(e);
      return List.of();
    }
  }

  private static List<Row> query(Handle file, Optional<Address> ip, int limit) {
    return file.createQuery(
            ip.isPresent()
                ? COLUMNS + " WHERE ip = :ip ORDER BY id DESC LIMIT :limit"
                : COLUMNS + " ORDER BY id DESC LIMIT :limit")
        .bindMap(
            ip.isPresent()
                ? Map.of("ip", ip.get().toString(), "limit", limit)
                : Map.of("limit", limit))
        .map((row, _) -> Row.of(row))
        .list();
  }
}
