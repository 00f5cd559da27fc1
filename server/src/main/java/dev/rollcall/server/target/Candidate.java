package dev.rollcall.server.target;

import dev.rollcall.server.sql.EnumCodec;
import inet.ipaddr.IPAddress;
import java.util.Optional;

/// An address that somebody wants to have in the pool.
///
/// @param name the host name it was given by
record Candidate(IPAddress address, Origin origin, Optional<String> name) {
  /// Where a target came from.
  enum Origin {
    /// Seen on the way to another target.
    HOP(0),
    /// Given by the operator.
    TARGET(1);

    static final EnumCodec<Origin> CODEC = EnumCodec.of(Origin.class, Origin::code);

    private final int code;

    Origin(int code) {
      this.code = code;
    }

    /// As the database keeps it.
    int code() {
      return code;
    }

    String word() {
      return CODEC.word(this);
    }
  }

  /// What became of it.
  enum Fate {
    ADDED,
    /// It is there already.
    KNOWN,
    /// Its /24 or /48 has as many as it may.
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
