package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The teams, and who belongs to them.
public final class TeamStore {
  /// How many members a team may have.
  public static final int MOST_MEMBERS = 1_000;

  private static final int TEAM = 2;

  /// What became of a change of a member.
  public enum Changed {
    DONE,
    /// The account is no member.
    NO_MEMBER,
    /// The team would have no owner any more.
    LAST_OWNER,
    /// The account would own more teams than one may.
    TOO_MANY
  }

  private final AccountTables tables;
  private final Clock clock;

  public TeamStore(AccountTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  /// The teams of an account, by name.
  public List<Team.Mine> of(long account) {
    return tables.read(handle -> of(handle, account));
  }

  static List<Team.Mine> of(Handle handle, long account) {
    return ofAll(handle, List.of(account)).getOrDefault(account, List.of());
  }

  /// The teams of several accounts, by name, for each that has one.
  static Map<Long, List<Team.Mine>> ofAll(Handle handle, List<Long> accounts) {
    return accounts.isEmpty()
        ? Map.of()
        : handle
            .createQuery(
                "SELECT m.account_id, t.id, t.name, m.role FROM team_member m"
                    + " JOIN team t ON t.id = m.team_id WHERE m.account_id IN (<accounts>)"
                    + " AND t.deleted_at IS NULL ORDER BY t.name, t.id")
            .bindList("accounts", accounts)
            .map(
                (row, _) ->
                    Map.entry(
                        row.getLong("account_id"),
                        new Team.Mine(
                            row.getLong("id"),
                            row.getString("name"),
                            Team.ROLES.ofCode(row.getInt("role")))))
            .stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
  }

  /// Whether there is a team with that id.
  public static boolean exists(Handle tx, long team) {
    return tx.createQuery("SELECT EXISTS (SELECT 1 FROM team WHERE id = :team)")
        .bind("team", team)
        .mapTo(Boolean.class)
        .one();
  }

  public Optional<Team> find(long team) {
    return tables.read(
        handle ->
            handle
                .createQuery(
                    "SELECT id, name, created_at FROM team WHERE id = :id AND deleted_at IS NULL")
                .bind("id", team)
                .map((row, _) -> team(row))
                .findOne());
  }

  private static Team team(ResultSet row) throws SQLException {
    return new Team(
        row.getLong("id"), row.getString("name"), Instant.ofEpochMilli(row.getLong("created_at")));
  }

  /// The members of a team: owners first, then by address.
  public List<Team.Member> members(long team) {
    return tables.read(
        handle ->
            handle
                .createQuery(
                    "SELECT m.account_id, a.email, m.role, m.since FROM team_member m"
                        + " JOIN account a ON a.id = m.account_id WHERE m.team_id = :team"
                        + " ORDER BY m.role DESC, a.email_key")
                .bind("team", team)
                .map(
                    (row, _) ->
                        new Team.Member(
                            row.getLong("account_id"),
                            row.getString("email"),
                            Team.ROLES.ofCode(row.getInt("role")),
                            Instant.ofEpochMilli(row.getLong("since"))))
                .list());
  }

  /// Makes a team, whose owner is this account.
  ///
  /// @param most how many teams it may own
  /// @return its id; empty if the account owns so many already
  public Optional<Long> create(long account, String name, int most) {
    return tables.writeInTurn(
        tx -> {
          if (owned(tx, account) >= most) {
            return Optional.empty();
          }
          long now = clock.wall().toEpochMilli();
          long id =
              tx.createQuery("INSERT INTO owner (kind) VALUES (:kind) RETURNING id")
                  .bind("kind", TEAM)
                  .mapTo(Long.class)
                  .one();
          tx.createUpdate("INSERT INTO team (id, name, created_at) VALUES (:id, :name, :now)")
              .bind("id", id)
              .bind("name", name)
              .bind("now", now)
              .execute();
          join(tx, id, account, TeamRole.OWNER, now);
          return Optional.of(id);
        });
  }

  /// How many teams an account owns.
  static long owned(Handle handle, long account) {
    return handle
        .createQuery(
            "SELECT COUNT(*) FROM team_member WHERE account_id = :account AND role = :role")
        .bind("account", account)
        .bind("role", Team.code(TeamRole.OWNER))
        .mapTo(Long.class)
        .one();
  }

  /// Makes an account a member, unless it is one.
  static void join(Handle tx, long team, long account, TeamRole role, long now) {
    tx.createUpdate(
            "INSERT INTO team_member (team_id, account_id, role, since)"
                + " VALUES (:team, :account, :role, :now)"
                + " ON CONFLICT (team_id, account_id) DO NOTHING")
        .bind("team", team)
        .bind("account", account)
        .bind("role", Team.code(role))
        .bind("now", now)
        .execute();
    AccountTables.revoke(tx); // what is remembered of the account lacks this team
  }

  public void rename(long team, String name) {
    tables.write(
        tx -> {
          tx.createUpdate("UPDATE team SET name = :name WHERE id = :id")
              .bind("name", name)
              .bind("id", team)
              .execute();
          AccountTables.revoke(tx);
          return true;
        });
  }

  /// Gives a member another role.
  ///
  /// @param most how many teams an account may own
  public Changed change(long team, long account, TeamRole role, int most) {
    return tables.writeInTurn(
        tx -> {
          boolean owns =
              of(tx, account).stream()
                  .anyMatch(one -> one.id() == team && one.role() == TeamRole.OWNER);
          if (role != TeamRole.OWNER && isLastOwner(tx, team, account)) {
            return Changed.LAST_OWNER;
          }
          if (role == TeamRole.OWNER && !owns && owned(tx, account) >= most) {
            return Changed.TOO_MANY;
          }
          return changed(
              tx,
              tx.createUpdate(
                      "UPDATE team_member SET role = :role"
                          + " WHERE team_id = :team AND account_id = :account")
                  .bind("role", Team.code(role))
                  .bind("team", team)
                  .bind("account", account)
                  .execute());
        });
  }

  /// Ends a membership.
  public Changed remove(long team, long account) {
    return tables.write(
        tx ->
            isLastOwner(tx, team, account)
                ? Changed.LAST_OWNER
                : changed(
                    tx,
                    tx.createUpdate(
                            "DELETE FROM team_member"
                                + " WHERE team_id = :team AND account_id = :account")
                        .bind("team", team)
                        .bind("account", account)
                        .execute()));
  }

  private static Changed changed(Handle tx, int rows) {
    if (rows == 0) {
      return Changed.NO_MEMBER;
    }
    AccountTables.revoke(tx);
    return Changed.DONE;
  }

  /// Locks the owners of the team until the end of the transaction: two owners that leave at once
  /// leave one.
  private static boolean isLastOwner(Handle tx, long team, long account) {
    tx.createUpdate("UPDATE team SET name = name WHERE id = :team").bind("team", team).execute();
    List<Long> owners =
        tx.createQuery("SELECT account_id FROM team_member WHERE team_id = :team AND role = :role")
            .bind("team", team)
            .bind("role", Team.code(TeamRole.OWNER))
            .mapTo(Long.class)
            .list();
    return owners.equals(List.of(account));
  }

  /// Ends all memberships of an account that is being deleted, and deletes the teams in which it is
  /// alone.
  ///
  /// @return the name of a team that would have members and no owner: then nothing was done
  static Optional<String> leaveAll(Handle tx, long account, long now) {
    List<Team.Mine> owned =
        of(tx, account).stream()
            .filter(team -> team.role() == TeamRole.OWNER)
            .filter(team -> isLastOwner(tx, team.id(), account))
            .toList();
    for (Team.Mine team : owned) {
      if (members(tx, team.id()) > 1) {
        return Optional.of(team.name());
      }
    }
    owned.forEach(team -> beginDelete(tx, team.id(), now));
    tx.createUpdate("DELETE FROM team_member WHERE account_id = :account")
        .bind("account", account)
        .execute();
    return Optional.empty();
  }

  static long members(Handle handle, long team) {
    return handle
        .createQuery("SELECT COUNT(*) FROM team_member WHERE team_id = :team")
        .bind("team", team)
        .mapTo(Long.class)
        .one();
  }

  /// Begins to delete a team: nobody acts for it any more.
  public void beginDelete(long team) {
    tables.write(
        tx -> {
          beginDelete(tx, team, clock.wall().toEpochMilli());
          return true;
        });
  }

  private static void beginDelete(Handle tx, long team, long now) {
    tx.createUpdate("UPDATE team SET deleted_at = :now WHERE id = :id")
        .bind("now", now)
        .bind("id", team)
        .execute();
    deleteRows(tx, team);
  }

  private static void deleteRows(Handle tx, long team) {
    for (String rows :
        List.of(
            "team_member WHERE team_id", "invitation WHERE team_id", "api_token WHERE owner_id")) {
      tx.createUpdate("DELETE FROM " + rows + " = :id").bind("id", team).execute();
    }
    AccountTables.revoke(tx);
  }

  /// Ends it, after its rows elsewhere are gone, with what was added since it began.
  public void endDelete(long team) {
    tables.write(
        tx -> {
          deleteRows(tx, team);
          tx.createUpdate("DELETE FROM team WHERE id = :id").bind("id", team).execute();
          return tx.createUpdate("DELETE FROM owner WHERE id = :id").bind("id", team).execute();
        });
  }

  /// The teams whose deletion has begun and not ended.
  public List<Deletion> beingDeleted() {
    return tables.read(
        handle ->
            handle
                .createQuery("SELECT id, deleted_at FROM team WHERE deleted_at IS NOT NULL")
                .map(
                    (row, _) ->
                        new Deletion(
                            row.getLong("id"), Instant.ofEpochMilli(row.getLong("deleted_at"))))
                .list());
  }
}
