package dev.rollcall.server.http;

import dev.rollcall.server.http.Caller.Permission;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// Who may call a route. A route without a stated access cannot be built.
public enum Access {
  /// Anyone: reads of what the operator's configuration lists, and what the contracts leave open.
  PUBLIC,
  /// Senders of heartbeats: anyone; or, if the operator has set them, callers with the key from the
  /// networks of senders. And whoever has an account, from anywhere, for the account's own.
  PING,
  /// Senders of measurements: as [#PING] without the key; or, if a token is set, callers with the
  /// token, from any network.
  SENDER,
  /// Whoever has an account, for the account itself; nobody else, not even the operator.
  ACCOUNT,
  /// Whoever has an account, for what belongs to it; and the operator.
  USER,
  /// The operator only: writes, settings, rotation, dumps.
  OPERATOR;

  /// Whether this caller may call the route with this method. The [Authenticators] of a listener
  /// find out who calls.
  boolean admits(Caller caller, Method method) {
    return switch (caller) {
      case Caller.Anonymous() -> this == PUBLIC;
      case Caller.Operator _ -> this != ACCOUNT;
      case Caller.Sender() -> this == PUBLIC || this == PING || this == SENDER;
      case Caller.User user -> admits(user, method);
      case Caller.Team team -> admits(team, method);
    };
  }

  private static Permission needed(Method method) {
    return method == Method.GET ? Permission.READ : Permission.WRITE;
  }

  /// Why a caller that is not admitted may not call the route.
  String reasonAgainst(Caller caller, Method method) {
    Permission needed =
        switch (this) {
          case PING -> Permission.PING;
          case SENDER -> Permission.RESULTS;
          case PUBLIC, ACCOUNT, USER, OPERATOR -> needed(method);
        };
    Set<Permission> permissions =
        switch (caller) {
          case Caller.User user -> user.permissions();
          case Caller.Team team -> team.permissions();
          case Caller.Anonymous _, Caller.Operator _, Caller.Sender _ ->
              EnumSet.allOf(Permission.class);
        };
    if (!permissions.contains(needed)) {
      return "this token has no scope '%s'".formatted(needed.name().toLowerCase(Locale.ROOT));
    }
    if (caller instanceof Caller.User user && !user.may(needed)) {
      return "a viewer sees what the team has, and changes nothing: ask an owner of the team";
    }
    return this == ACCOUNT
        ? "this is for an account: send the token of one"
        : "this is for operators";
  }

  private boolean admits(Caller.Team team, Method method) {
    return switch (this) {
      case PUBLIC -> true;
      case PING -> team.permissions().contains(Permission.PING);
      case USER -> team.permissions().contains(needed(method));
      case SENDER, ACCOUNT, OPERATOR -> false;
    };
  }

  private boolean admits(Caller.User user, Method method) {
    Permission needed = needed(method);
    return switch (this) {
      case PUBLIC -> true;
      case PING -> user.may(Permission.PING);
      case SENDER -> user.operates() && user.may(Permission.RESULTS);
      case ACCOUNT, USER -> user.may(needed);
      case OPERATOR -> user.operates() && user.may(needed);
    };
  }
}
