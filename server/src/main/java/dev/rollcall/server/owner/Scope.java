package dev.rollcall.server.owner;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/// Whose rows a reader sees. Every list, and every look-up of a name or id that came from outside,
/// takes one.
public sealed interface Scope {
  /// The owner of what the person who runs this server has: the services of the configuration file,
  /// those of the API, and all heartbeats that call without an account.
  long OPERATOR = 0;

  /// All rows.
  record Everything() implements Scope {}

  /// The rows of one owner, and of the teams that it shares with others.
  ///
  /// @param teams the ids of these teams, which are owners too
  record Owned(long owner, List<Long> teams) implements Scope {
    public Owned {
      teams = List.copyOf(teams);
      if (owner < 0 || teams.stream().anyMatch(team -> team <= 0)) {
        throw new IllegalArgumentException("not ids of owners: " + owner + ", " + teams);
      }
    }
  }

  /// All rows.
  static Scope everything() {
    return new Everything();
  }

  /// The rows of the operator.
  static Scope operator() {
    return of(OPERATOR);
  }

  /// The rows of that owner.
  static Scope of(long owner) {
    return new Owned(owner, List.of());
  }

  /// The rows of that owner and of its teams.
  static Scope of(long owner, List<Long> teams) {
    return new Owned(owner, teams);
  }

  /// The owner to whom a name refers, and to whom a new row belongs: names are unique for each
  /// owner only. A reader who sees everything has the names of the operator.
  default long owner() {
    return switch (this) {
      case Everything() -> OPERATOR;
      case Owned(long owner, _) -> owner;
    };
  }

  /// Whether it contains a row of that owner.
  default boolean includes(long owner) {
    return switch (this) {
      case Everything() -> true;
      case Owned(long one, List<Long> teams) -> one == owner || teams.contains(owner);
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
      case Owned(long owner, _) when owner == OPERATOR -> " AND " + column + " = 0";
      case Owned(long owner, List<Long> teams) when teams.isEmpty() ->
          " AND " + column + " = " + owner + " AND " + column + " <> 0";
      case Owned(long owner, List<Long> teams) ->
          Stream.concat(Stream.of(owner), teams.stream())
              .map(String::valueOf)
              .collect(joining(", ", " AND " + column + " IN (", ") AND " + column + " <> 0"));
    };
  }

  /// The same as the only condition of a query.
  default String where(String column) {
    String and = and(column);
    return and.isEmpty() ? "" : " WHERE" + and.substring(" AND".length());
  }
}
