package dev.rollcall.server.target;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.sql.Rows;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// The number of targets in each /24 of IPv4 and each /48 of IPv6. It is stored, so that targets
/// need not be counted.
final class NetworkCounts {
  private static final String COUNTS =
      "SELECT network, members FROM target_network WHERE network IN (" + Chunks.PLACES + ")";
  private static final String SET =
      "INSERT INTO target_network (network, members) VALUES (?, ?)"
          + " ON CONFLICT (network) DO UPDATE SET members = excluded.members";
  private static final String FORGET = "DELETE FROM target_network WHERE network = ?";

  private NetworkCounts() {}

  /// The first address of the network of an address.
  static IPAddress of(IPAddress address) {
    return network(key(address));
  }

  /// The key in the table: the first 3 or 6 bytes.
  private static byte[] key(IPAddress network) {
    byte[] bytes = network.getBytes();
    return Arrays.copyOf(bytes, bytes.length == 4 ? 3 : 6);
  }

  private static IPAddress network(byte[] key) {
    return Addresses.of(Arrays.copyOf(key, key.length == 3 ? 4 : 16));
  }

  /// The networks of those addresses, with their numbers of targets.
  static Map<IPAddress, Integer> counts(Handle tx, Collection<IPAddress> addresses) {
    Map<IPAddress, Integer> counts = new HashMap<>();
    addresses.forEach(address -> counts.put(of(address), 0));
    Chunks.each(
        tx,
        COUNTS,
        counts.keySet().stream().map(NetworkCounts::key).toList(),
        row -> counts.put(network(row.getBytes(1)), row.getInt(2)));
    return counts;
  }

  /// Stores these numbers.
  static void set(Handle tx, Map<IPAddress, Integer> counts) {
    List<Map.Entry<IPAddress, Integer>> some = new ArrayList<>();
    List<IPAddress> none = new ArrayList<>();
    for (Map.Entry<IPAddress, Integer> count : counts.entrySet()) {
      if (count.getValue() > 0) {
        some.add(count);
      } else {
        none.add(count.getKey());
      }
    }
    Rows.write(
        tx,
        SET,
        some,
        (row, count) -> {
          row.setBytes(1, key(count.getKey()));
          row.setInt(2, count.getValue());
        });
    Rows.write(tx, FORGET, none, (row, network) -> row.setBytes(1, key(network)));
  }
}
