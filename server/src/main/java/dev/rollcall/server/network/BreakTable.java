package dev.rollcall.server.network;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Subject;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The rows of open breaks.
final class BreakTable {
  private BreakTable() {}

  /// All of them, by their hops.
  static Map<InetAddress, Subject> open(Handle handle) {
    Map<InetAddress, Subject> open = new HashMap<>();
    handle
        .createQuery("SELECT id, hop FROM network_break")
        .map((row, _) -> subject(row.getLong("id"), row.getString("hop")))
        .forEach(one -> open.put(InetAddress.ofLiteral(one.name()), one));
    return open;
  }

  static Optional<Subject> find(Handle handle, String hop) {
    return handle
        .createQuery("SELECT id FROM network_break WHERE hop = :hop")
        .bind("hop", hop)
        .mapTo(Long.class)
        .findOne()
        .map(id -> subject(id, hop));
  }

  static boolean isOpen(Handle handle, long id) {
    return handle
        .createQuery("SELECT EXISTS (SELECT 1 FROM network_break WHERE id = :id)")
        .bind("id", id)
        .mapTo(Boolean.class)
        .one();
  }

  /// Adds one that is not there yet.
  ///
  /// @param name of the router; empty if it is not known
  /// @param since when the first that is lost behind it was
  static Subject add(Handle tx, InetAddress hop, Optional<String> name, Instant since) {
    String address = NetworkBreak.text(hop);
    tx.createUpdate("INSERT INTO network_break (hop, name, since_at) VALUES (:hop, :name, :since)")
        .bind("hop", address)
        .bind("name", name.orElse(null))
        .bind("since", since.toEpochMilli())
        .execute();
    return find(tx, address).orElseThrow();
  }

  /// The name of the router of one that is open; empty if it is not known.
  static Optional<String> name(Handle handle, long id) {
    return handle
        .createQuery("SELECT name FROM network_break WHERE id = :id AND name IS NOT NULL")
        .bind("id", id)
        .mapTo(String.class)
        .findOne();
  }

  static void remove(Handle tx, Subject one) {
    tx.createUpdate("DELETE FROM network_break WHERE id = :id").bind("id", one.id()).execute();
  }

  private static Subject subject(long id, String hop) {
    return new Subject(Subject.Type.NETWORK, id, Scope.OPERATOR, hop);
  }
}
