package dev.rollcall.server.web;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.owner.Scope;
import java.util.Optional;

/// Whose rows a page shows: those of who has signed in, or of the team in the address of the page
/// (`?team=`); for everybody else, and for operators, those of the operator.
///
/// @param team the team in the address
/// @param trusted whether who asks may see more than everybody: incidents, tags, who is told
public record Whose(Scope scope, Optional<Caller.Membership> team, boolean trusted) {
  /// What everybody sees.
  public static final Whose OPERATOR = new Whose(Scope.operator(), Optional.empty(), false);

  /// Whose rows a request for a page is about.
  ///
  /// @throws dev.rollcall.server.http.Refusal (404) for a team that is not the caller's
  public static Whose of(Request request) {
    boolean trusted = isTrusted(request.caller());
    return switch (request.scope()) {
      case Scope.Everything() -> new Whose(Scope.operator(), Optional.empty(), trusted);
      case Scope.Owned(long owner) when owner == Scope.OPERATOR ->
          new Whose(Scope.operator(), Optional.empty(), trusted);
      case Scope.Owned owned ->
          new Whose(
              owned,
              request.caller() instanceof Caller.User user ? user.team() : Optional.empty(),
              trusted);
    };
  }

  private static boolean isTrusted(Caller caller) {
    return switch (caller) {
      case Caller.Anonymous(), Caller.Sender() -> false;
      case Caller.Operator _, Caller.User _, Caller.Team _ -> true;
    };
  }

  /// Whether they are those of the operator.
  public boolean isOperator() {
    return scope.owner() == Scope.OPERATOR;
  }

  /// Whether who asks may change them, as far as the role in the team says.
  public boolean changes() {
    return team.map(one -> one.role().changes()).orElse(true);
  }

  /// The part of the query of a page: `team=5`; empty if there is no team.
  public String query() {
    return team.map(one -> "team=" + one.team()).orElse("");
  }

  /// The path of another page of the same team.
  public String link(String path) {
    return ListFilter.link(path, query());
  }

  /// The same, to add to a query: `&team=5`.
  public String more() {
    return team.isEmpty() ? "" : "&" + query();
  }

  /// The name of the team; empty if there is none.
  String name() {
    return team.map(Caller.Membership::name).orElse("");
  }
}
