package dev.rollcall.icmp;

/// What became of a ping. Each ping has one of [#REPLY], [#CORRUPT], [#TIMEOUT], [#UNREACHABLE],
/// [#NOT_SENT] and [#UNKNOWN], once. [#LATE] and [#DUPLICATE] may come after it.
public enum PingStatus {
  /// The target answered in time.
  REPLY,
  /// The target answered in time, and its answer does not repeat what was sent.
  CORRUPT,
  /// Nothing came in time.
  TIMEOUT,
  /// A router or the target itself sent an ICMP error instead.
  UNREACHABLE,
  /// The system did not take the packet: it says nothing about the target.
  NOT_SENT,
  /// Nothing came in time, but an answer may have been lost on this machine: it says nothing about
  /// the target.
  UNKNOWN,
  /// The target answered after the ping had timed out or was unreachable.
  LATE,
  /// The target answered once more.
  DUPLICATE;

  /// Whether it is the one result that each ping has.
  public boolean isFinal() {
    return this != LATE && this != DUPLICATE;
  }

  /// Whether the target was asked, and did not answer: what counts as loss.
  public boolean isLoss() {
    return this == TIMEOUT || this == UNREACHABLE;
  }
}
