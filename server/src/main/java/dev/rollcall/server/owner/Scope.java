package dev.rollcall.server.owner;

/// Whose rows a reader sees. Every list, and every look-up of a name or id that came from outside,
/// takes one.
public sealed interface Scope {
  /// The owner of what the person who runs this server has: the services of the configuration file,
  /// those of the API, and all heartbeats that call without an account.
  long OPERATOR = 0;

  /// All rows.
  record Everything() implements Scope {}

  /// The rows of one owner.
  record Owned(long owner) implements Scope {
    public Owned {
      if (owner < 0) {
        throw new IllegalArgumentException("not the id of an owner: " + owner);
      }
    }
  }

  /// All rows.
  static Scope everything() {
    return new Everything();
  }

  /// The rows of the operator.
  static Scope operator() {
    return new Owned(OPERATOR);
  }

  /// The rows of that owner.
  static Scope of(long owner) {
    return new Owned(owner);
  }

  /// The owner to whom a name refers, and to whom a new row belongs: names are unique for each
  /// owner only. A reader who sees everything has the names of the operator.
  default long owner() {
    return switch (this) {
      case Everything() -> OPERATOR;
      case Owned(long owner) -> owner;
    };
  }

  /// Whether it contains a row of that owner.
  default boolean includes(long owner) {
    return switch (this) {
      case Everything() -> true;
      case Owned(long one) -> one == owner;
    };
  }

  /// The condition for rows whose owner is in `column`, as SQL to add to other conditions: ` AND
  /// owner_id = 0`, or nothing.
  ///
  /// The tables have an index only of the rows that are not the operator's. SQLite uses it if the
  /// query contains the condition of the index, literally.
  default String and(String column) {
    return switch (this) {
      case Everything() -> "";
      case Owned(long owner) when owner == OPERATOR -> " AND " + column + " = 0";
      case Owned(long owner) -> " AND " + column + " = " + owner + " AND " + column + " <> 0";
    };
  }

  /// The same as the only condition of a query.
  default String where(String column) {
    String and = and(column);
    return and.isEmpty() ? "" : " WHERE" + and.substring(" AND".length());
  }
}
