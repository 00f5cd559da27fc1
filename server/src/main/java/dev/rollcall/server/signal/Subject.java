package dev.rollcall.server.signal;

import dev.rollcall.server.sql.EnumCodec;
import java.util.Collection;

/// What a signal is about.
///
/// @param id its id in the table of its type
/// @param owner whose it is
/// @param name its name when the signal was written
public record Subject(Type type, long id, long owner, String name) {
  /// Whether one of these groups is the one it lies in, or itself.
  public boolean isOf(Collection<String> groups, AlertKeys keys) {
    return keys.group().filter(groups::contains).isPresent()
        || (type == Type.GROUP && groups.contains(name));
  }

  /// The kinds of subjects.
  public enum Type {
    SERVICE(1),
    HEARTBEAT(2),
    GROUP(3),
    NODE(4),
    /// A place in the network; its name is an address.
    NETWORK(5);

    /// The types as numbers and words.
    public static final EnumCodec<Type> CODEC = EnumCodec.of(Type.class, Type::code);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /// The number in the database.
    public int code() {
      return code;
    }
  }
}
