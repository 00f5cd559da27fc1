package dev.rollcall.server.account.audit;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Handler;
import dev.rollcall.server.http.Method;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import tools.jackson.core.JsonGenerator;

/// Who changed what, when, and from where: one row for each change that a person or a token made,
/// written before the answer.
public final class Audit {
  private static final int LONGEST_TARGET = 500;
  private static final int ROWS_AT_ONCE = 5_000;

  private final AccountTables tables;
  private final AccountStore accounts;
  private final Clock clock;

  public Audit(AccountTables tables, AccountStore accounts, Clock clock) {
    this.tables = tables;
    this.accounts = accounts;
    this.clock = clock;
  }

  /// The same route, whose changes are recorded. Reads are not, and neither are heartbeats and
  /// measurements.
  public Route recorded(Route route) {
    boolean changes = route.methods().stream().anyMatch(method -> method != Method.GET);
    boolean byPeople =
        switch (route.access()) {
          case ACCOUNT, USER, OPERATOR -> true;
          case PUBLIC, PING, SENDER -> false;
        };
    return changes && byPeople ? route.around(handler -> recording(route, handler)) : route;
  }

  private Handler recording(Route route, Handler handler) {
    return request -> {
      Caller caller = request.caller();
      Answer answer = handler.handle(request);
      if (request.method() != Method.GET && answer.status() < 400) {
        record(
            caller,
            request.client().getHostAddress(),
            action(request, route),
            request.path()
                + (answer.named().isEmpty() ? "" : "/" + answer.named())
                + ofTeam(caller));
      }
      return answer;
    };
  }

  /// Records a registration.
  ///
  /// @param joined the team of its invitation
  public void registered(Request request, Account account, Optional<Invitation.ToTeam> joined) {
    record(
        account,
        request.client().getHostAddress(),
        "POST /register",
        account.operates()
            ? "as an operator"
            : joined.map(team -> "into team " + team.id()).orElse(""));
  }

  private static String ofTeam(Caller caller) {
    return caller instanceof Caller.User user
        ? user.team().map(team -> "?team=" + team.team()).orElse("")
        : "";
  }

  private static String action(Request request, Route route) {
    return request.method() + " " + route.path();
  }

  /// Records a change.
  ///
  /// @param target what was changed, as a path
  public void record(Caller caller, String address, String action, String target) {
    Optional<Long> account =
        caller instanceof Caller.User user ? Optional.of(user.account()) : Optional.empty();
    insert(account, name(caller), address, action, target);
  }

  /// Records a change that is not made by the caller of a request, but by whose account it is.
  public void record(Account account, String address, String action, String target) {
    insert(Optional.of(account.id()), account.email(), address, action, target);
  }

  private void insert(
      Optional<Long> account, String name, String address, String action, String target) {
    long now = clock.wall().toEpochMilli();
    tables.write(
        tx ->
            tx.createUpdate(
                    "INSERT INTO audit (at, account_id, caller, address, action, target)"
                        + " VALUES (:at, :account, :caller, :address, :action, :target)")
                .bind("at", now)
                .bind("account", account.orElse(null))
                .bind("caller", name)
                .bind("address", address)
                .bind("action", action)
                .bind("target", cut(target))
                .execute());
  }

  private static String cut(String target) {
    return target.length() <= LONGEST_TARGET ? target : target.substring(0, LONGEST_TARGET);
  }

  /// How people read who calls.
  public String name(Caller caller) {
    return switch (caller) {
      case Caller.User user ->
          accounts
              .find(user.account())
              .map(found -> found.account().email())
              .orElse("account " + user.account());
      case Caller.Team(long team, _) -> "a token of team " + team;
      case Caller.Operator(boolean withToken) -> withToken ? "token" : "this machine";
      case Caller.Sender() -> "sender";
      case Caller.Anonymous() -> "anonymous";
    };
  }

  /// `GET /v1/audit`: the newest first; `before` continues below an id.
  public List<Route> routes() {
    return List.of(Route.list("/v1/audit", Access.OPERATOR, this::list));
  }

  private Answer list(Request request) {
    Newest page = Newest.of(request);
    return page.answer("audit", newest(page.before(), page.limit()), AuditEntry::id, Audit::write);
  }

  /// The newest rows below an id.
  public List<AuditEntry> newest(long before, int limit) {
    return tables.read(handle -> entries(handle, before, limit));
  }

  private static List<AuditEntry> entries(Handle handle, long before, int limit) {
    return handle
        .createQuery(
            "SELECT id, at, account_id, caller, address, action, target FROM audit"
                + " WHERE id < :before ORDER BY id DESC LIMIT :limit")
        .bind("before", before)
        .bind("limit", limit)
        .map(
            (row, _) ->
                new AuditEntry(
                    row.getLong("id"),
                    Instant.ofEpochMilli(row.getLong("at")),
                    Optional.ofNullable(row.getObject("account_id"))
                        .map(id -> ((Number) id).longValue()),
                    row.getString("caller"),
                    row.getString("address"),
                    row.getString("action"),
                    row.getString("target")))
        .list();
  }

  private static void write(JsonGenerator json, AuditEntry entry) {
    json.writeStartObject()
        .writeNumberProperty("id", entry.id())
        .writeNumberProperty("at", entry.at().getEpochSecond())
        .writeName("account");
    if (entry.account().isPresent()) {
      json.writeNumber(entry.account().get());
    } else {
      json.writeNull();
    }
    json.writeStringProperty("caller", entry.caller())
        .writeStringProperty("address", entry.address())
        .writeStringProperty("action", entry.action())
        .writeStringProperty("target", entry.target())
        .writeEndObject();
  }

  /// Deletes what is older, in slices.
  public void forget(Duration kept) {
    long before = clock.wall().minus(kept).toEpochMilli();
    while (isThereOlder(before)) {
      tables.write(
          tx ->
              tx.createUpdate(
                      "DELETE FROM audit WHERE id IN"
                          + " (SELECT id FROM audit WHERE at < :before LIMIT :rows)")
                  .bind("before", before)
                  .bind("rows", ROWS_AT_ONCE)
                  .execute());
    }
  }

  private boolean isThereOlder(long before) {
    return tables
        .read(
            handle ->
                handle
                    .createQuery("SELECT 1 FROM audit WHERE at < :before LIMIT 1")
                    .bind("before", before)
                    .mapTo(Integer.class)
                    .findOne())
        .isPresent();
  }
}
