package dev.rollcall.server.network;

import static dev.rollcall.server.network.Routes.at;
import static dev.rollcall.server.network.Routes.lost;
import static dev.rollcall.server.network.Routes.well;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.address.ReverseNames;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// How breaks begin and end, in each of the databases.
@ParameterizedClass
@EnumSource
class NetworkWatchTest {
  @TempDir Path folder;

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();
  private final Map<String, WatchedSubject> watched = new ConcurrentSkipListMap<>();
  private final List<Signal> signals = new CopyOnWriteArrayList<>();
  private final List<String> observed = new CopyOnWriteArrayList<>();
  private final AtomicInteger read = new AtomicInteger();
  private final Set<String> lookedUp = new ConcurrentSkipListSet<>();
  private final ReverseNames names =
      new ReverseNames(
          2,
          address -> {
            lookedUp.add(address.getHostAddress());
            return address.equals(Routes.hop(2))
                ? address.getHostAddress() // has none
                : "r" + address.getAddress()[3] + ".example.net";
          });
  private Database database;
  private GroupCommit commits;
  private NetworkWatch watch;

  NetworkWatchTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(folder, clock, NetworkWatch.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    watch = watch();
    Stream.of(
            well("a", "1 2 3 10"), well("b", "1 2 3 11"), well("c", "1 2 3 12"), well("w", "1 13"))
        .forEach(this::are);
    pass(Duration.ofMinutes(5));
  }

  @AfterEach
  void close() {
    watch.close();
    names.close();
    commits.close();
    database.close();
  }

  private NetworkWatch watch() {
    return new NetworkWatch(
        database,
        commits,
        new Watched(),
        new Services(),
        (tx, some) -> tx.afterCommit(() -> signals.addAll(some)),
        names,
        clock);
  }

  private void are(WatchedRoute route) {
    watched.compute(
        route.subject(),
        (_, old) -> {
          boolean goesOn = old != null && old.route().lost() == route.lost();
          WatchedSubject now = at(clock.wall(), route);
          return goesOn
              ? new WatchedSubject(
                  now.subject(),
                  route,
                  old.since(),
                  clock.wall(),
                  true,
                  old.behind(),
                  old.decided())
              : now;
        });
  }

  private void pass(Duration time) {
    clock.pass(time);
  }

  private List<String> told() {
    List<String> told =
        signals.stream().map(signal -> signal.subject().name() + " " + signal.to()).toList();
    signals.clear();
    return told;
  }

  private Optional<String> behind(String name) {
    return requireNonNull(watched.get(name)).behind().map(NetworkBreak::text);
  }

  @Test
  void doesNothingWhileNothingIsLost() throws Exception {
    assertThat(watch.look()).isGreaterThan(Duration.ofMinutes(1));
    assertThat(read).hasValue(0);
  }

  @Test
  void saysTheNamesOfTheRoutersOfABreakAndLooksUpNoOthers() throws Exception {
    are(lost("a", "1 2 3 10", "1 2"));
    watch.look();
    assertThat(lookedUp).isEmpty();
    are(lost("b", "1 2 3 11", "1 2"));
    are(lost("c", "1 2 3 12", "1 2"));
    watch.look();
    assertThat(signals)
        .singleElement()
        .satisfies(
            signal -> {
              Optional<String> title =
                  database.read(handle -> NetworkWatch.subjects().title(handle, signal.subject()));
              assertThat(title).contains("r3.example.net");
              assertThat(signal.cause().orElseThrow()).endsWith("well as far as 10.0.0.2");
            });
    assertThat(lookedUp).containsExactly("10.0.0.2", "10.0.0.3");
  }

  @Test
  void aBreakBeginsOnceAndEndsOnce() throws Exception {
    are(lost("a", "1 2 3 10", "1 2"));
    assertThat(watch.look()).isEqualTo(Duration.ofSeconds(1));
    assertThat(observed).containsExactly("b", "c");
    are(lost("b", "1 2 3 11", "1 2"));
    are(lost("c", "1 2 3 12", "1 2"));
    assertThat(watch.look()).isEqualTo(Duration.ofSeconds(10));
    watch.look();
    assertThat(signals)
        .singleElement()
        .satisfies(
            signal -> {
              assertThat(signal.subject().type()).isEqualTo(Subject.Type.NETWORK);
              assertThat(signal.cause().orElseThrow()).startsWith("3 services are lost behind it");
              assertThat(signal.began()).isEqualTo(clock.wall());
            });
    assertThat(told()).containsExactly("10.0.0.3 down");
    assertThat(behind("a")).contains("10.0.0.3");
    boolean isWrong =
        database.read(
            handle ->
                NetworkWatch.subjects()
                    .find(handle, 0, "10.0.0.3")
                    .filter(one -> !NetworkWatch.subjects().isRight(handle, one, clock.wall()))
                    .isPresent());
    assertThat(isWrong).isTrue();
    pass(Duration.ofMinutes(1)); // traces that miss answers
    are(lost("a", "1 2 3 10", "1"));
    are(lost("b", "1 2 3 11", ""));
    are(lost("c", "1 2 3 12", "1"));
    watch.look();
    assertThat(told()).isEmpty();
    are(well("a", "1 2 3 10"));
    watch.look();
    assertThat(told()).isEmpty();
    are(well("b", "1 2 3 11"));
    are(well("c", "1 2 3 12"));
    watch.look();
    watch.look();
    assertThat(told()).containsExactly("10.0.0.3 up");
    assertThat(watch.look()).isGreaterThan(Duration.ofMinutes(1));
  }

  @Test
  void ofSeveralProcessesOneTells() throws Exception {
    are(lost("a", "1 2 3 10", "1 2"));
    are(lost("b", "1 2 3 11", "1 2"));
    are(lost("c", "1 2 3 12", "1 2"));
    bothLook();
    assertThat(told()).containsExactly("10.0.0.3 down");
    are(lost("a", "1 2 3 10", "1 2 3"));
    bothLook();
    assertThat(told()).containsExactly("10.0.0.3 up");
    assertThat(behind("b")).isEmpty();
  }

  private void bothLook() throws Exception {
    try (NetworkWatch other = watch();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> one = threads.submit(watch::look);
      Future<?> two = threads.submit(other::look);
      one.get();
      two.get();
    }
  }

  /// The subjects of this test.
  private final class Watched implements WatchedRoutes {
    @Override
    public List<WatchedSubject> lost(Handle handle) {
      return watched.values().stream().filter(one -> one.route().lost()).toList();
    }

    @Override
    public List<WatchedSubject> well(Handle handle) {
      read.incrementAndGet();
      return watched.values().stream().filter(one -> !one.route().lost()).toList();
    }

    @Override
    public void place(Handle tx, List<WatchedSubject> lost) {
      lost.forEach(one -> watched.put(one.name(), one));
    }
  }

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
      return List.of();
    }

    @Override
    public Optional<Subject> find(Handle tx, long owner, String name) {
      return Optional.empty();
    }

    @Override
    public boolean isRight(Handle tx, Subject subject, Instant since) {
      return true;
    }

    @Override
    public void observe(Handle tx, List<Subject> subjects, Instant now) {
      subjects.forEach(subject -> observed.add(subject.name()));
    }

    @Override
    public boolean confirmAgain(Handle tx, Subject subject, Instant now) {
      return false;
    }
  }
}
