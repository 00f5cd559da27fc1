package dev.rollcall.server.node.registry;

import dev.rollcall.server.node.NodeStatus;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.EnumCodec;
import java.time.Duration;
import java.time.Instant;

/// A node, as its last report says.
///
/// @param registered whether it has shown a token: only then its silence is an incident
/// @param since when its state began
/// @param lastSeen when it reported last, by the clock of this server
/// @param clockOffset how far its clock is ahead of the one here; negative: behind
public record KnownNode(
    long id,
    String name,
    boolean registered,
    State state,
    Instant since,
    Instant lastSeen,
    NodeStatus status,
    Duration clockOffset) {
  /// Whether it is heard from.
  public enum State {
    UP(1),
    SILENT(2);

    static final EnumCodec<State> CODEC = EnumCodec.of(State.class, state -> state.code);

    private final int code;

    State(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    /// The word in the API, such as `silent`.
    public String word() {
      return CODEC.word(this);
    }
  }

  /// The same, silent.
  KnownNode silentSince(Instant silence) {
    return new KnownNode(
        id, name, registered, State.SILENT, silence, lastSeen, status, clockOffset);
  }

  Subject subject() {
    return new Subject(Subject.Type.NODE, id, Scope.OPERATOR, name);
  }
}
