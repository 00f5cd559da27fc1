package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Method;
import dev.rollcall.server.collector.Result.Traceroute;
import java.time.Instant;
import java.util.Optional;

/// The valid results of one request in packed form, which is smaller than their JSON: a body of 16
/// MiB never becomes a tree of objects.
///
/// A result consists of its flags, address, numbers and texts. Its traceroute and the hops of that
/// follow.
final class Results implements AutoCloseable {
  private static final int IPV6 = 1;
  private static final int ERROR = 2;
  private static final int TRACEROUTE = 4;
  private static final int COMPLETED = 4;
  private static final int METHOD_SHIFT = 3;
  private static final int IP = 2;
  private static final int TIMEOUT = 4;

  /// Visits results in the order in which they came. A traceroute and its hops come after the
  /// result they belong to.
  interface Visitor {
    void result(Result result);

    void traceroute(Traceroute traceroute);

    void hop(Hop hop);
  }

  private final PackedBytes rows;
  private Optional<BatchId> batch = Optional.empty();
  private int count;
  private int successful;
  private int traceroutes;
  private int hops;

  Results(ResultBuffers buffers) {
    this.rows = new PackedBytes(buffers);
  }

  /// They are this batch of a node.
  void are(BatchId batch) {
    this.batch = Optional.of(batch);
  }

  /// Which batch they are; empty if the node does not say.
  Optional<BatchId> batch() {
    return batch;
  }

  /// The number of results.
  int count() {
    return count;
  }

  /// The number of results with an answer.
  int successful() {
    return successful;
  }

  int traceroutes() {
    return traceroutes;
  }

  int hops() {
    return hops;
  }

  /// The number of rows in all tables.
  int size() {
    return count + traceroutes + hops;
  }

  /// Adds a result without a traceroute.
  void add(Result result) {
    add(result, 0);
  }

  /// Adds a result with its traceroute.
  ///
  /// @param packedBytes the hops, each packed by [#pack]
  /// @param many the number of hops
  void add(Result result, Traceroute traceroute, PackedBytes packedBytes, int many) {
    add(result, TRACEROUTE);
    rows.add(
        (traceroute.error().isPresent() ? ERROR : 0)
            | (traceroute.completed() ? COMPLETED : 0)
            | traceroute.method().code << METHOD_SHIFT);
    traceroute.error().ifPresent(rows::text);
    rows.number(many).all(packedBytes);
    traceroutes++;
    hops += many;
  }

  private void add(Result result, int flags) {
    Instant at = result.timestamp();
    rows.add(flags | (result.ip().isIpv4() ? 0 : IPV6) | (result.error().isPresent() ? ERROR : 0))
        .address(result.ip())
        .number(result.sent())
        .number(result.received())
        .fixed(Double.doubleToRawLongBits(result.loss()))
        .number(result.averageRtt())
        .fixed(at.getEpochSecond())
        .number(at.getNano());
    result.error().ifPresent(rows::text);
    count++;
    successful += result.isSuccessful() ? 1 : 0;
  }

  /// Packs one hop.
  static void pack(Hop hop, PackedBytes into) {
    Optional<Address> ip = hop.ip();
    boolean ipv6 = ip.isPresent() && !ip.get().isIpv4();
    into.add((ipv6 ? IPV6 : 0) | (ip.isPresent() ? IP : 0) | (hop.timeout() ? TIMEOUT : 0))
        .add(hop.ttl());
    ip.ifPresent(into::address);
    into.number(hop.rtt());
  }

  /// Visits all results; it can be called again.
  void walk(Visitor visitor) {
    PackedBytes.Reader in = rows.reader();
    for (int i = 0; i < count; i++) {
      int flags = in.next();
      visitor.result(result(in, flags));
      if ((flags & TRACEROUTE) != 0) {
        int how = in.next();
        visitor.traceroute(
            new Traceroute(Method.of(how >> METHOD_SHIFT), (how & COMPLETED) != 0, error(in, how)));
        for (long left = in.number(); left > 0; left--) {
          visitor.hop(hop(in));
        }
      }
    }
  }

  private static Result result(PackedBytes.Reader in, int flags) {
    return new Result(
        address(in, flags),
        in.number(),
        in.number(),
        Double.longBitsToDouble(in.fixed()),
        in.number(),
        Instant.ofEpochSecond(in.fixed(), in.number()),
        error(in, flags));
  }

  private static Hop hop(PackedBytes.Reader in) {
    int flags = in.next();
    int ttl = in.next() & 0xff;
    Optional<Address> ip = (flags & IP) == 0 ? Optional.empty() : Optional.of(address(in, flags));
    return new Hop(ttl, ip, in.number(), (flags & TIMEOUT) != 0);
  }

  private static Address address(PackedBytes.Reader in, int flags) {
    return (flags & IPV6) != 0 ? in.ipv6() : in.ipv4();
  }

  private static Optional<String> error(PackedBytes.Reader in, int flags) {
    return (flags & ERROR) == 0 ? Optional.empty() : Optional.of(in.text());
  }

  @Override
  public void close() {
    rows.close();
  }
}
