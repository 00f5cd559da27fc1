package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.CommitCutter.Moment;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The line to PostgreSQL breaks at the commit.
class CertainCommitsTest {
  private final AtomicInteger told = new AtomicInteger();
  private CommitCutter line;
  private Database database;
  private GroupCommit commits;

  @BeforeEach
  void open() throws IOException {
    line = new CommitCutter(TestDatabases.postgresPort());
    PostgresServer fresh = TestDatabases.freshOn(line.port());
    PostgresServer asText =
        new PostgresServer(fresh.address() + "&prepareThreshold=0", fresh.user(), fresh.password());
    database =
        Database.open(
            DatabaseConfig.of(asText, Things.MIGRATION, CertainCommits.MIGRATION), Clock.system());
    commits = new GroupCommit(database);
    commits.write(Things.ADD, new Things(1, 1));
  }

  @AfterEach
  void close() throws IOException {
    commits.close();
    database.close();
    line.close();
  }

  private final Batch<Things, Things> adding =
      (tx, items) -> {
        tx.afterCommit(told::incrementAndGet);
        return Things.ADD.apply(tx, items);
      };

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"BEFORE", "AFTER"})
  void writesOnceAndTellsOnceWheneverTheLineBreaks(Moment moment) {
    line.cutNext(moment);
    commits.write(adding, new Things(1, 10));
    assertThat(line.cuts()).isOne();
    assertThat(Things.sum(database)).isEqualTo(11);
    assertThat(told).hasValue(1);
    assertThat(database.trouble()).isEmpty();
  }

  /// The commit was only delayed: it reaches the server after the transaction was written again.
  @Test
  void aCommitThatArrivesLateIsRefused() throws Exception {
    AtomicInteger ids = new AtomicInteger(1);
    Batch<Long, Long> inserting =
        (tx, items) -> {
          Things.ADD.apply(tx, List.of(new Things(ids.incrementAndGet(), items.getFirst())));
          return items;
        };
    line.cutNext(Moment.LATE);
    commits.write(inserting, 10L);
    assertThat(ids).hasValue(3);
    line.deliver();
    assertThat(line.cuts()).isOne();
    assertThat(Things.sum(database)).isEqualTo(11);
  }

  @Test
  void writesOnceHoweverOftenTheLineBreaks() {
    for (Moment moment : List.of(Moment.AFTER, Moment.BEFORE)) {
      line.cutEvery(3, 10, moment);
      for (int i = 0; i < 40; i++) {
        commits.write(adding, new Things(1, 1));
      }
    }
    assertThat(line.cuts()).isEqualTo(20);
    assertThat(Things.sum(database)).isEqualTo(81);
    assertThat(told).hasValue(80);
  }

  @Test
  void keepsAsManyTokensAsTransactionsRanAtOnce() {
    for (int i = 0; i < 20; i++) {
      commits.write(adding, new Things(1, 1));
    }
    assertThat(Things.number(database, "SELECT COUNT(*) FROM commit_token")).isOne();
  }

  @Test
  void aTransactionThatWroteNothingLeavesNoToken() {
    String tokens = "SELECT COALESCE(MAX(token), 0) FROM commit_token";
    long before = Things.number(database, tokens);
    Batch<Long, Long> reading =
        (tx, items) -> {
          assertThat(tx.createQuery("SELECT COUNT(*) FROM thing").mapTo(Long.class).one()).isOne();
          return items;
        };
    commits.write(reading, 1L);
    assertThat(Things.number(database, tokens)).isEqualTo(before);
  }
}
