package dev.rollcall.server.target;

import dev.rollcall.server.sql.EnumCodec;
import inet.ipaddr.IPAddress;
import java.util.Optional;

/// An address that may be added to the pool.
///
/// @param name the host name it was given as
record Candidate(IPAddress address, Origin origin, Optional<String> name) {
  /// Where a target comes from.
  enum Origin {
    /// A hop of a traceroute to another target.
    HOP(0),
    /// Given by the operator.
    TARGET(1);

    static final EnumCodec<Origin> CODEC = EnumCodec.of(Origin.class, Origin::code);

    private final int code;

    Origin(int code) {
      this.code = code;
    }

    /// Its number in the database.
    int code() {
      return code;
    }

    String word() {
      return CODEC.word(this);
    }
  }

  /// The result of adding it.
  enum Fate {
    ADDED,
    /// It is in the pool already.
    KNOWN,
    /// Its /24 or /48 has the maximum number of targets.
    NETWORK_FULL,
    POOL_FULL
  }

  static Candidate hop(IPAddress address) {
    return new Candidate(address, Origin.HOP, Optional.empty());
  }

  static Candidate target(IPAddress address) {
    return new Candidate(address, Origin.TARGET, Optional.empty());
  }
}
