package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.ApiToken;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.sql.EnumCodec;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Sessions and API tokens: what shows later that somebody has signed in, or was let in.
public final class SessionStore {
  /// The oldest sessions of an account end when it has more.
  private static final int MOST_SESSIONS = 100;

  /// How many API tokens an account may have.
  private static final int MOST_TOKENS = 100;

  /// How a session shows itself.
  public enum Kind {
    /// With the token of `POST /login`.
    JWT(1),
    /// With a cookie.
    BROWSER(2),
    /// With a cookie, after a sign-in at a provider, which is responsible for all factors.
    PROVIDER(3);

    static final EnumCodec<Kind> CODEC = EnumCodec.of(Kind.class, kind -> kind.code);

    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  /// A session.
  ///
  /// @param address of the client that signed in
  /// @param agent the program it says it is
  public record Session(
      long id, Kind kind, String address, String agent, Instant createdAt, Instant endsAt) {}

  /// An API token, without its secret.
  public record Token(
      long id,
      String name,
      Set<Permission> permissions,
      Instant createdAt,
      Optional<Instant> usedAt) {
    /// The words of its permissions: `read,write`.
    public String scopes() {
      return text(permissions);
    }
  }

  /// An API token that was just made, with its secret, which is not stored.
  public record MadeToken(Token token, String secret) {}

  /// Whose session or token a request shows.
  ///
  /// @param account 0 for the token of a team
  /// @param session 0 for a token
  /// @param token 0 for a session
  /// @param secondFactor whether the account has a second factor, or this began at a provider
  /// @param endsAt when it ends by itself
  /// @param teams the teams of the account; the one team of a token of a team
  public record Holder(
      long account,
      long session,
      long token,
      boolean operates,
      boolean secondFactor,
      Set<Permission> permissions,
      Instant endsAt,
      List<Team.Mine> teams) {
    /// Whether it is the token of a team.
    public boolean isOfTeam() {
      return account == 0;
    }

    private Holder withTeams(List<Team.Mine> these) {
      return new Holder(
          account, session, token, operates, secondFactor, permissions, endsAt, these);
    }
  }

  /// Who has no password signs in at a provider, which is responsible for all factors; teams sign
  /// in nowhere.
  private static final String SECOND_FACTOR =
      "CASE WHEN a.second_factor = 1 OR a.password IS NULL%s THEN 1 ELSE 0 END AS second_factor";

  private static final Set<Permission> ALL = EnumSet.allOf(Permission.class);

  private final AccountTables tables;
  private final Clock clock;

  public SessionStore(AccountTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  /// Begins a session, unless the account has changed since somebody showed who they are: what ends
  /// all sessions ends also those that are about to begin.
  ///
  /// @param shown the account as it was then
  /// @param secret of a browser; empty for a JWT, which is signed instead
  /// @return its id; empty if the account has changed
  public Optional<Long> begin(
      WithPassword shown,
      Kind kind,
      Optional<String> secret,
      String address,
      String agent,
      Duration lifetime) {
    return tables.write(
        tx -> {
          if (!AccountStore.isStill(tx, shown)) {
            return Optional.empty();
          }
          long account = shown.account().id();
          Instant now = clock.wall();
          tx.createUpdate(
                  "DELETE FROM session WHERE account_id = :account AND (ends_at <= :now OR id IN"
                      + " (SELECT id FROM session WHERE account_id = :account"
                      + " ORDER BY id DESC LIMIT 1000 OFFSET :most))")
              .bind("account", account)
              .bind("now", now.toEpochMilli())
              .bind("most", MOST_SESSIONS - 1)
              .execute();
          return tx.createQuery(
                  "INSERT INTO session (account_id, kind, secret, address, agent, created_at,"
                      + " used_at, ends_at) VALUES (:account, :kind, :secret, :address, :agent,"
                      + " :now, :now, :end) RETURNING id")
              .bind("account", account)
              .bind("kind", kind.code)
              .bind("secret", secret.map(Digests::of).orElse(null))
              .bind("address", address)
              .bind("agent", agent)
              .bind("now", now.toEpochMilli())
              .bind("end", now.plus(lifetime).toEpochMilli())
              .mapTo(Long.class)
              .findOne();
        });
  }

  /// Refuses, within a change, if the session that asks for it has ended meanwhile.
  static void requireThere(Handle tx, long account, long session) {
    boolean there =
        tx.createQuery("SELECT 1 FROM session WHERE id = :id AND account_id = :account")
            .bind("id", session)
            .bind("account", account)
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
    if (!there) {
      throw Refusal.of(401, "you are no longer signed in: sign in again");
    }
  }

  /// The holder of a session with this id, unless it has ended.
  public Optional<Holder> holder(long session) {
    return tables.read(handle -> sessionHolder(handle, "s.id = :by", session));
  }

  /// The holder of the session of a browser with this secret, unless it has ended.
  public Optional<Holder> holderOfCookie(String secret) {
    return tables.read(handle -> sessionHolder(handle, "s.secret = :by", Digests.of(secret)));
  }

  private Optional<Holder> sessionHolder(Handle handle, String which, Object by) {
    return handle
        .createQuery(
            "SELECT s.id, s.account_id, s.ends_at, a.operates, "
                + SECOND_FACTOR.formatted(" OR s.kind = " + Kind.PROVIDER.code)
                + " FROM session s"
                + " JOIN account a ON a.id = s.account_id WHERE "
                + which
                + " AND s.ends_at > :now AND a.deleted_at IS NULL")
        .bind("by", by)
        .bind("now", clock.wall().toEpochMilli())
        .map(
            (row, _) ->
                new Holder(
                    row.getLong("account_id"),
                    row.getLong("id"),
                    0,
                    row.getInt("operates") == 1,
                    row.getInt("second_factor") == 1,
                    ALL,
                    Instant.ofEpochMilli(row.getLong("ends_at")),
                    TeamStore.of(handle, row.getLong("account_id"))))
        .findOne();
  }

  /// The holder of an API token. The deletion of an account or team ends also those that a request
  /// made that was under way.
  public Optional<Holder> holderOfToken(String secret) {
    String digest = Digests.of(secret);
    return Optional.ofNullable(holdersOfTokens(List.of(digest)).get(digest));
  }

  /// The holders of several API tokens, by the digests of their secrets, for each that is valid.
  public Map<String, Holder> holdersOfTokens(List<String> digests) {
    return digests.isEmpty()
        ? Map.of()
        : tables.read(
            handle -> {
              Map<String, Holder> found =
                  handle
                      .createQuery(
                          "SELECT t.secret, t.id, t.owner_id, t.permissions, a.operates, m.name, "
                              + SECOND_FACTOR.formatted("")
                              + " FROM api_token t"
                              + " LEFT JOIN account a ON a.id = t.owner_id"
                              + " AND a.deleted_at IS NULL"
                              + " LEFT JOIN team m ON m.id = t.owner_id AND m.deleted_at IS NULL"
                              + " WHERE t.secret IN (<secrets>)"
                              + " AND COALESCE(a.id, m.id) IS NOT NULL")
                      .bindList("secrets", digests)
                      .map((row, _) -> Map.entry(row.getString("secret"), tokenHolder(row)))
                      .stream()
                      .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
              return withTeams(handle, found);
            });
  }

  /// The holder of a token; an account is without its teams.
  private static Holder tokenHolder(ResultSet row) throws SQLException {
    long owner = row.getLong("owner_id");
    Optional<String> team = Optional.ofNullable(row.getString("name"));
    return new Holder(
        team.isPresent() ? 0 : owner,
        0,
        row.getLong("id"),
        row.getInt("operates") == 1,
        row.getInt("second_factor") == 1,
        permissions(row.getString("permissions")),
        Instant.MAX,
        team.map(name -> List.of(new Team.Mine(owner, name, TeamRole.EDITOR))).orElse(List.of()));
  }

  private static Map<String, Holder> withTeams(Handle handle, Map<String, Holder> found) {
    Map<Long, List<Team.Mine>> teams =
        TeamStore.ofAll(
            handle,
            found.values().stream()
                .filter(holder -> !holder.isOfTeam())
                .map(Holder::account)
                .distinct()
                .toList());
    Map<String, Holder> all = new HashMap<>(found);
    all.replaceAll(
        (_, holder) ->
            holder.isOfTeam()
                ? holder
                : holder.withTeams(teams.getOrDefault(holder.account(), List.of())));
    return all;
  }

  public List<Session> sessions(long account) {
    return tables.read(
        handle ->
            handle
                .createQuery(
                    "SELECT id, kind, address, agent, created_at, ends_at FROM session"
                        + " WHERE account_id = :account AND ends_at > :now ORDER BY id DESC")
                .bind("account", account)
                .bind("now", clock.wall().toEpochMilli())
                .map((row, _) -> session(row))
                .list());
  }

  private static Session session(ResultSet row) throws SQLException {
    return new Session(
        row.getLong("id"),
        Kind.CODEC.ofCode(row.getInt("kind")),
        row.getString("address"),
        row.getString("agent"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("ends_at")));
  }

  /// Ends a session of an account.
  ///
  /// @return false if it has none with this id
  public boolean end(long account, long session) {
    return tables.write(
        tx ->
            revoked(
                tx,
                tx.createUpdate("DELETE FROM session WHERE id = :id AND account_id = :account")
                    .bind("id", session)
                    .bind("account", account)
                    .execute()));
  }

  /// The API tokens of an account or a team.
  public List<Token> tokens(long owner) {
    return tables.read(
        handle ->
            handle
                .createQuery(
                    "SELECT id, name, permissions, created_at, used_at FROM api_token"
                        + " WHERE owner_id = :owner ORDER BY id")
                .bind("owner", owner)
                .map(
                    (row, _) ->
                        new Token(
                            row.getLong("id"),
                            row.getString("name"),
                            permissions(row.getString("permissions")),
                            Instant.ofEpochMilli(row.getLong("created_at")),
                            InstantColumns.instant(row, "used_at")))
                .list());
  }

  /// Makes an API token of an account or a team.
  ///
  /// @throws Refusal for what no token can be (400) or this owner's cannot (403), or if the owner
  ///   has one of that name or too many (409)
  public MadeToken create(long owner, String name, Set<Permission> permissions) {
    ApiToken.check(name, permissions, isOfOperator(owner));
    String secret = ApiToken.random();
    Instant now = clock.wall();
    Optional<Long> id =
        tables.writeInTurn(
            tx ->
                tx.createQuery(
                        "INSERT INTO api_token (owner_id, name, secret, permissions, created_at)"
                            + " SELECT :owner, :name, :secret, :permissions, :now WHERE"
                            + " (SELECT COUNT(*) FROM api_token WHERE owner_id = :owner) < :most"
                            + " ON CONFLICT (owner_id, name) DO NOTHING RETURNING id")
                    .bind("most", MOST_TOKENS)
                    .bind("owner", owner)
                    .bind("name", name)
                    .bind("secret", Digests.of(secret))
                    .bind("permissions", text(permissions))
                    .bind("now", now.toEpochMilli())
                    .mapTo(Long.class)
                    .findOne());
    return id.map(one -> new Token(one, name, permissions, now, Optional.empty()))
        .map(token -> new MadeToken(token, secret))
        .orElseThrow(() -> notMade(owner, name));
  }

  private boolean isOfOperator(long owner) {
    return tables
        .read(
            handle ->
                handle
                    .createQuery("SELECT 1 FROM account WHERE id = :id AND operates = 1")
                    .bind("id", owner)
                    .mapTo(Integer.class)
                    .findOne())
        .isPresent();
  }

  private Refusal notMade(long owner, String name) {
    return Refusal.of(
        409,
        tokens(owner).stream().anyMatch(token -> token.name().equals(name))
            ? "name: there is a token of this name"
            : "there are " + MOST_TOKENS + " tokens: revoke one first");
  }

  /// Revokes an API token of an account or a team.
  ///
  /// @return false if it has none with this id
  public boolean revoke(long owner, long token) {
    return tables.write(
        tx ->
            revoked(
                tx,
                tx.createUpdate("DELETE FROM api_token WHERE id = :id AND owner_id = :owner")
                    .bind("id", token)
                    .bind("owner", owner)
                    .execute()));
  }

  private static boolean revoked(Handle tx, int rows) {
    if (rows > 0) {
      AccountTables.revoke(tx);
    }
    return rows > 0;
  }

  /// Writes when these tokens were last used.
  public void used(List<Long> ids) {
    tables.write(
        tx -> {
          ids.stream()
              .sorted()
              .forEach(
                  id ->
                      tx.createUpdate("UPDATE api_token SET used_at = :now WHERE id = :id")
                          .bind("now", clock.wall().toEpochMilli())
                          .bind("id", id)
                          .execute());
          return true;
        });
  }

  /// Deletes sessions that have ended, if there are some.
  public void forgetEnded() {
    boolean none =
        tables
            .read(
                handle ->
                    handle
                        .createQuery("SELECT 1 FROM session WHERE ends_at <= :now LIMIT 1")
                        .bind("now", clock.wall().toEpochMilli())
                        .mapTo(Integer.class)
                        .findOne())
            .isEmpty();
    if (none) {
      return;
    }
    tables.write(
        tx ->
            tx.createUpdate("DELETE FROM session WHERE ends_at <= :now")
                .bind("now", clock.wall().toEpochMilli())
                .execute());
  }

  /// The words of permissions: `read,write`.
  static String text(Set<Permission> permissions) {
    return permissions.stream()
        .sorted()
        .map(ApiToken.SCOPES::word)
        .collect(Collectors.joining(","));
  }

  private static Set<Permission> permissions(String text) {
    return Arrays.stream(text.split(","))
        .map(ApiToken.SCOPES::ofWord)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Permission.class)));
  }
}
