package dev.rollcall.server.heartbeat.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The heartbeats of the configuration file, in each of the databases.
@ParameterizedClass
@EnumSource
class DeclaredHeartbeatsTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private HeartbeatDatabase data;
  private KeyStore keys;
  private DeclaredHeartbeats declared;

  DeclaredHeartbeatsTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    data = new HeartbeatDatabase(engine, folder);
    keys = new KeyStore(data.database);
    declared = new DeclaredHeartbeats(keys, data.writer, data.commits);
  }

  @AfterEach
  void close() {
    declared.close();
    data.close();
  }

  private static List<HeartbeatDefinition> every(int seconds, String... names) {
    return Stream.of(names)
        .map(
            name ->
                new HeartbeatDefinition(
                    HeartbeatName.ofOperator(name),
                    HeartbeatDatabase.every(seconds),
                    AlertKeys.NONE))
        .toList();
  }

  @Test
  void aFileAppliesOnceAndNothingChangesTheSecondTime() {
    declared.apply(every(60, "a", "b", "c"), false);
    data.clock.pass(Duration.ofSeconds(30));
    declared.apply(every(60, "a", "b", "c"), false);
    assertThat(declared.count()).isEqualTo(3);
    data.clock.pass(Duration.ofSeconds(30));
    assertThat(data.find("a").deadline()).isEqualTo(data.clock.wall());
    declared.apply(every(90, "a", "b"), false);
    assertThat(data.find("b").expectation()).isEqualTo(HeartbeatDatabase.every(90));
    assertThat(data.listed()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(keys.declared()).hasSize(2);
    assertThat(data.state("c")).isEqualTo(State.NEW);
  }

  @Test
  void aFileThatLosesMostIsRefusedUnlessItSaysSo() {
    declared.apply(every(60, "a", "b", "c"), false);
    assertThat(declared.accepts(every(60, "a"), false)).isFalse();
    declared.apply(every(30, "a"), false);
    assertThat(declared.refusal()).get().asString().contains("2 of 3 heartbeats", "fewer-services");
    assertThat(declared.count()).isEqualTo(3);
    assertThat(data.find("a").expectation()).isEqualTo(HeartbeatDatabase.every(60));
    declared.apply(every(60, "a", "b"), false);
    assertThat(declared.refusal()).isEmpty();
    declared.apply(List.of(), true);
    assertThat(declared.count()).isZero();
    declared.apply(List.of(), false);
    assertThat(declared.refusal()).isEmpty();
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenAfterTheStart() {
    data.execute("ALTER TABLE heartbeat_keys RENAME TO away");
    assertThatThrownBy(() -> declared.apply(every(60, "a"), false))
        .isInstanceOf(RuntimeException.class);
    declared.start();
    data.execute("ALTER TABLE away RENAME TO heartbeat_keys");
    await().until(() -> data.listed().contains("a"));
    GroupCommit closed = new GroupCommit(data.database);
    closed.close();
    try (DeclaredHeartbeats away = new DeclaredHeartbeats(keys, data.writer, closed)) {
      assertThatThrownBy(() -> away.apply(every(60, "a", "b"), false))
          .isInstanceOf(StorageException.class);
    }
  }
}
