package dev.rollcall.server.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// How groups follow their members, in each of the databases.
@ParameterizedClass
@EnumSource
class GroupsTest {
  private static final GroupDefinition SHOP = definition("Shop", "2 of 3", "All");
  private static final GroupDefinition ALL = definition("All", "all", "");

  @TempDir Path folder;

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();
  private final Set<String> unreachable = new HashSet<>();
  private final Set<String> uncertain = new HashSet<>();
  private final List<Signal> signals = new CopyOnWriteArrayList<>();

  /// Those of the group `Shop`.
  private final Map<String, Member.State> members = new ConcurrentSkipListMap<>();

  private Database database;
  private GroupCommit commits;
  private Groups groups;
  private Subjects ofGroups;

  GroupsTest(TestDatabases engine) {
    this.engine = engine;
  }

  private static GroupDefinition definition(String name, String rule, String group) {
    return new GroupDefinition(
        name,
        GroupRule.of(rule).orElseThrow(),
        new AlertKeys(
            List.of(),
            Optional.of(group).filter(one -> !one.isEmpty()),
            Severity.CRITICAL,
            Optional.empty(),
            List.of(),
            List.of()));
  }

  @BeforeEach
  void open() {
    database = engine.open(folder, clock, Groups.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    Subjects subjects = new Services();
    ofGroups = Groups.subjects(subjects);
    groups =
        new Groups(
            database,
            commits,
            subjects,
            _ -> subject -> unreachable.contains(subject.name()),
            (_, some) -> signals.addAll(some),
            UptimeSpans.NONE,
            clock);
    Stream.of("a", "b", "c").forEach(name -> members.put(name, Member.State.UNKNOWN));
  }

  @AfterEach
  void close() {
    groups.close();
    commits.close();
    database.close();
  }

  /// The members, as services.
  private final class Services implements Subjects {
    @Override
    public AlertKeys keys(Handle tx, Subject subject) {
      return AlertKeys.NONE;
    }

    @Override
    public Optional<String> lastOutput(Handle tx, Subject subject) {
      return Optional.empty();
    }

    @Override
    public List<Member> members(Handle tx, long owner, String group) {
      List<Member> all = new ArrayList<>(ofGroups.members(tx, owner, group));
      if (group.equals("Shop")) {
        members.forEach(
            (name, state) ->
                all.add(new Member(new Subject(Subject.Type.SERVICE, 1, 0, name), state)));
      }
      return all;
    }

    @Override
    public Optional<Subject> find(Handle tx, long owner, String name) {
      return Optional.empty();
    }

    @Override
    public boolean isRight(Handle tx, Subject subject, Instant since) {
      return subject.type() == Subject.Type.GROUP
          ? ofGroups.isRight(tx, subject, since)
          : !uncertain.contains(subject.name());
    }

    @Override
    public void observe(Handle tx, List<Subject> subjects, Instant now) {}

    @Override
    public boolean confirmAgain(Handle tx, Subject subject, Instant now) {
      return false;
    }
  }

  private void are(Member.State a, Member.State b, Member.State c) {
    members.putAll(Map.of("a", a, "b", b, "c", c));
    clock.pass(Duration.ofMinutes(1));
    groups.evaluate();
  }

  private List<String> told() {
    return signals.stream()
        .map(one -> one.subject().name() + " " + one.from() + " " + one.to())
        .toList();
  }

  private void declare(GroupDefinition... file) {
    groups.declare(List.of(file));
    groups.evaluate();
  }

  private String state(String name) {
    return database.read(
        handle -> GroupTable.find(handle, name).map(one -> one.state().word()).orElse("gone"));
  }

  @Test
  void aGroupAndTheOneItLiesInFollowTheirMembers() {
    declare(SHOP, ALL);
    assertThat(state("Shop")).isEqualTo("unknown");
    are(Member.State.UP, Member.State.UP, Member.State.DOWN);
    assertThat(state("All")).isEqualTo("up");
    assertThat(told()).isEmpty();
    are(Member.State.UP, Member.State.DOWN, Member.State.DOWN);
    assertThat(told()).containsExactly("Shop up down", "All up down");
    assertThat(signals.getFirst().cause()).contains("1 of 3 up, 2 needed; down: b, c");
    assertThat(signals.getLast().cause()).contains("0 of 1 up, 1 needed; down: Shop");
    groups.evaluate();
    are(Member.State.UNKNOWN, Member.State.UP, Member.State.DOWN);
    assertThat(state("All")).isEqualTo("unknown");
    assertThat(told()).as("unknown ends nothing").hasSize(2);
    are(Member.State.UP, Member.State.UP, Member.State.DOWN);
    assertThat(told().subList(2, 4)).containsExactly("Shop down up", "All down up");
    clock.pass(Duration.ofMinutes(1));
    List<GroupTable.Event> events =
        database.read(handle -> GroupTable.events(handle, 1, Instant.EPOCH));
    assertThat(events)
        .extracting(GroupTable.Event::state)
        .containsExactly(Member.State.UP, Member.State.DOWN, Member.State.UP);
    assertThat(Uptime.of(events, List.of(), List.of(), Instant.EPOCH, clock.wall()).percent())
        .hasValue(200.0 / 3);
  }

  @Test
  void whatIsUnreachableIsNotDown() {
    declare(SHOP);
    unreachable.add("b");
    are(Member.State.UP, Member.State.DOWN, Member.State.DOWN);
    assertThat(state("Shop")).isEqualTo("unknown");
    unreachable.clear();
    groups.evaluate();
    assertThat(told()).containsExactly("Shop new down");
  }

  @Test
  void aGroupThatLeavesTheFileIsForgotten() {
    declare(SHOP, ALL);
    are(Member.State.DOWN, Member.State.DOWN, Member.State.DOWN);
    signals.clear();
    declare(definition("Shop", "any", ""));
    assertThat(told()).containsExactly("All down removed");
    are(Member.State.UP, Member.State.DOWN, Member.State.DOWN);
    assertThat(told()).last().isEqualTo("Shop down up");
    declare();
    assertThat(state("Shop")).isEqualTo("gone");
    assertThat(told()).as("one that is up has no incident").hasSize(2);
  }

  @Test
  void whatIsToBeConfirmedAnewIsToldAnew() {
    declare(SHOP);
    are(Member.State.DOWN, Member.State.DOWN, Member.State.UP);
    Batch<Subject, Boolean> again =
        (tx, some) ->
            some.stream().map(one -> ofGroups.confirmAgain(tx, one, clock.wall())).toList();
    assertThat(commits.write(again, signals.getFirst().subject())).isTrue();
    groups.evaluate();
    assertThat(told()).containsExactly("Shop new down", "Shop new down");
  }

  @Test
  void aGroupIsRightWhenEnoughMembersAreSoForCertain() {
    declare(SHOP);
    are(Member.State.UP, Member.State.UP, Member.State.UP);
    assertThat(isRight()).isTrue();
    uncertain.add("a");
    assertThat(isRight()).isTrue();
    members.put("b", Member.State.DOWN);
    assertThat(isRight()).isFalse();
    uncertain.clear();
    assertThat(isRight()).isTrue();
    members.clear();
    assertThat(isRight()).as("without members").isTrue();
  }

  private boolean isRight() {
    return database.read(
        handle ->
            ofGroups.isRight(handle, ofGroups.find(handle, 0, "Shop").orElseThrow(), clock.wall()));
  }

  @Test
  void theFileIsAppliedInTheBackground() {
    groups.apply(List.of(SHOP));
    groups.start();
    await().until(() -> state("Shop").equals("unknown"));
    members.replaceAll((_, _) -> Member.State.DOWN);
    groups.wake();
    await().until(() -> !told().isEmpty());
    groups.apply(List.of());
    await().until(() -> state("Shop").equals("gone"));
    assertThat(told()).containsExactly("Shop new down", "Shop down removed");
  }
}
