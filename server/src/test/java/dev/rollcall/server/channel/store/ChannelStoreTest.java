package dev.rollcall.server.channel.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.channel.Channels;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChannelStoreTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void accountsHaveSoManyChannelsEachAndAllTogether(TestDatabases engine) {
    TestClock clock = new TestClock();
    String[] tables =
        Stream.of(Outbox.MIGRATIONS, Heartbeats.MIGRATIONS, Channels.MIGRATIONS)
            .flatMap(List::stream)
            .toArray(String[]::new);
    try (Database database = engine.open(folder, clock, tables);
        GroupCommit commits = new GroupCommit(database)) {
      ChannelStore store = new ChannelStore(database, commits, clock);
      assertThat(isMade(store, Scope.OPERATOR, "a")).isTrue();
      assertThat(isMade(store, 7, "a")).isTrue();
      assertThat(isMade(store, 7, "a")).isFalse();
      assertThat(isMade(store, 7, "b")).isTrue();
      assertThat(isMade(store, 7, "c")).as("two of one account").isFalse();
      assertThat(isMade(store, 8, "a")).isTrue();
      assertThat(isMade(store, 8, "b")).as("three of all accounts").isFalse();
      assertThat(isMade(store, Scope.OPERATOR, "b")).isTrue();
    }
  }

  private static boolean isMade(ChannelStore store, long owner, String name) {
    return store.create(owner, name, "webhook", "{}", new ChannelStore.Most(2, 3));
  }
}
