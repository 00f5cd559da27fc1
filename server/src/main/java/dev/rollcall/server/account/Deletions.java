package dev.rollcall.server.account;

import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.Deletion;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;

/// Deletes accounts and teams with all that is their own, after their deletion has begun.
final class Deletions {
  /// How long after its beginning a deletion ends.
  static final Duration TIME = Duration.ofMinutes(1);

  private final AccountStore accounts;
  private final TeamStore teams;
  private final Clock clock;
  private volatile List<OwnedRows> owned = List.of();

  Deletions(AccountStore accounts, TeamStore teams, Clock clock) {
    this.accounts = accounts;
    this.teams = teams;
    this.clock = clock;
  }

  /// Says where else accounts have rows, which are deleted with them.
  void own(List<OwnedRows> rows) {
    owned = List.copyOf(rows);
  }

  /// Deletes what belongs to them, at once and again a little later: a request that was under way
  /// when the deletion began, or that another process has let in, may have added something.
  ///
  /// @return whether some have not ended
  boolean run() {
    boolean goesOn = run(accounts.beingDeleted(), accounts::endDelete);
    goesOn |= run(teams.beingDeleted(), teams::endDelete);
    return goesOn;
  }

  private boolean run(List<Deletion> begun, LongConsumer end) {
    boolean goesOn = false;
    for (Deletion each : begun) {
      boolean last = clock.wall().isAfter(each.since().plus(TIME));
      owned.forEach(rows -> rows.deleteOf(each.owner()));
      if (last) {
        end.accept(each.owner());
      } else {
        goesOn = true;
      }
    }
    return goesOn;
  }
}
