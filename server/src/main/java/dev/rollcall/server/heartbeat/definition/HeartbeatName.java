package dev.rollcall.server.heartbeat.definition;

import dev.rollcall.server.owner.Scope;
import java.util.Comparator;

/// What identifies a heartbeat: names are unique for each owner only.
///
/// @param owner whose heartbeat it is; see [Scope]
public record HeartbeatName(long owner, String name) {
  /// All transactions that lock several rows lock them in this order.
  public static final Comparator<HeartbeatName> ORDER =
      Comparator.comparingLong(HeartbeatName::owner).thenComparing(HeartbeatName::name);

  /// A name of the operator.
  public static HeartbeatName ofOperator(String name) {
    return new HeartbeatName(Scope.OPERATOR, name);
  }

  public boolean isOfOperator() {
    return owner == Scope.OPERATOR;
  }

  // Written out, since both are needed for each ping.

  @Override
  public boolean equals(Object other) {
    return other instanceof HeartbeatName that && owner == that.owner && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode() + 31 * Long.hashCode(owner);
  }
}
