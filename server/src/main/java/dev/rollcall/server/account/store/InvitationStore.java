package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The invitations that were not used yet.
public final class InvitationStore {
  /// How many may be open for one team, or for none.
  private static final int MOST = 100;

  private static final String SELECT =
      "SELECT i.id, i.team_id, t.name, i.role, i.made_by, i.created_at, i.ends_at"
          + " FROM invitation i LEFT JOIN team t ON t.id = i.team_id";

  /// What became of an invitation that somebody shows.
  public enum Accepted {
    DONE,
    /// There is none, it was used, or it has ended.
    INVALID,
    /// The account is a member already.
    MEMBER,
    /// The team has as many members as a team may have.
    FULL,
    /// The account would own more teams than one may.
    TOO_MANY
  }

  private final AccountTables tables;
  private final Clock clock;

  public InvitationStore(AccountTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  /// Makes one.
  ///
  /// @param team 0 to register only
  /// @throws Refusal (409) if too many are open
  public Invitation.Made create(long team, TeamRole role, String by, Duration lifetime) {
    String code = Digests.secret();
    Instant now = clock.wall();
    long id =
        tables.writeInTurn(
            tx -> {
              tx.createUpdate("DELETE FROM invitation WHERE team_id = :team AND ends_at <= :now")
                  .bind("team", team)
                  .bind("now", now.toEpochMilli())
                  .execute();
              long open =
                  tx.createQuery("SELECT COUNT(*) FROM invitation WHERE team_id = :team")
                      .bind("team", team)
                      .mapTo(Long.class)
                      .one();
              return open >= MOST
                  ? 0L
                  : tx.createQuery(
                          "INSERT INTO invitation (team_id, role, secret, made_by, created_at,"
                              + " ends_at) VALUES (:team, :role, :secret, :by, :now, :end)"
                              + " RETURNING id")
                      .bind("team", team)
                      .bind("role", Team.code(role))
                      .bind("secret", Digests.of(code))
                      .bind("by", by)
                      .bind("now", now.toEpochMilli())
                      .bind("end", now.plus(lifetime).toEpochMilli())
                      .mapTo(Long.class)
                      .one();
            });
    if (id == 0) {
      throw Refusal.of(409, "there are " + MOST + " open invitations: revoke one first");
    }
    return new Invitation.Made(find(code).orElseThrow(), code);
  }

  /// The open ones of a team; with 0, those to register only.
  public List<Invitation> of(long team) {
    return tables.read(
        handle ->
            handle
                .createQuery(SELECT + " WHERE i.team_id = :team AND i.ends_at > :now ORDER BY i.id")
                .bind("team", team)
                .bind("now", clock.wall().toEpochMilli())
                .map((row, _) -> invitation(row))
                .list());
  }

  /// The one with this code, unless it has ended.
  public Optional<Invitation> find(String code) {
    return tables.read(handle -> find(handle, code, clock.wall()));
  }

  static Optional<Invitation> find(Handle handle, String code, Instant now) {
    return handle
        .createQuery(SELECT + " WHERE i.secret = :secret AND i.ends_at > :now")
        .bind("secret", Digests.of(code))
        .bind("now", now.toEpochMilli())
        .map((row, _) -> invitation(row))
        .findOne();
  }

  private static Invitation invitation(ResultSet row) throws SQLException {
    long team = row.getLong("team_id");
    String name = row.getString("name");
    return new Invitation(
        row.getLong("id"),
        team == 0
            ? Optional.empty()
            : Optional.of(new Invitation.ToTeam(team, name, Team.ROLES.ofCode(row.getInt("role")))),
        row.getString("made_by"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("ends_at")));
  }

  /// Revokes one of a team; with 0, one to register only.
  ///
  /// @return false if there is none with this id
  public boolean revoke(long team, long id) {
    return tables.write(
            tx ->
                tx.createUpdate("DELETE FROM invitation WHERE id = :id AND team_id = :team")
                    .bind("id", id)
                    .bind("team", team)
                    .execute())
        > 0;
  }

  /// Makes an account a member of the team to which it is invited.
  ///
  /// @param most how many teams an account may own
  public Accepted accept(String code, long account, int most) {
    return tables.writeInTurn(
        tx -> {
          boolean owns =
              find(tx, code, clock.wall())
                  .flatMap(Invitation::to)
                  .filter(team -> team.role() == TeamRole.OWNER)
                  .isPresent();
          return owns && TeamStore.owned(tx, account) >= most
              ? Accepted.TOO_MANY
              : accept(tx, code, account, clock.wall());
        });
  }

  /// Uses an invitation for an account: it is used up if this returns `DONE`, and nothing has
  /// changed otherwise.
  static Accepted accept(Handle tx, String code, long account, Instant now) {
    Optional<Invitation> invitation = find(tx, code, now);
    if (invitation.isEmpty()) {
      return Accepted.INVALID;
    }
    Optional<Invitation.ToTeam> to = invitation.get().to();
    if (to.isPresent()) {
      if (TeamStore.of(tx, account).stream().anyMatch(team -> team.id() == to.get().id())) {
        return Accepted.MEMBER;
      }
      if (TeamStore.members(tx, to.get().id()) >= TeamStore.MOST_MEMBERS) {
        return Accepted.FULL;
      }
    }
    int used =
        tx.createUpdate("DELETE FROM invitation WHERE id = :id")
            .bind("id", invitation.get().id())
            .execute();
    if (used == 0) {
      return Accepted.INVALID; // somebody was faster
    }
    to.ifPresent(team -> TeamStore.join(tx, team.id(), account, team.role(), now.toEpochMilli()));
    return Accepted.DONE;
  }
}
