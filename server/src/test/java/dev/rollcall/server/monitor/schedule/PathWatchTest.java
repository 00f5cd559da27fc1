package dev.rollcall.server.monitor.schedule;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.unknown;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.monitor.path.PathTracer;
import dev.rollcall.server.monitor.store.KnownPath;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestDatabases;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class PathWatchTest {
  private static final InetAddress HOST = InetAddress.ofLiteral("192.0.2.9");
  private static final Path ONE = path("192.0.2.1", "192.0.2.2", "192.0.2.9");
  private static final Path OTHER = path("192.0.2.1", "192.0.2.3", "192.0.2.9");

  private final TestDatabases engine;
  @TempDir java.nio.file.Path folder;
  private final AtomicInteger traces = new AtomicInteger();
  private volatile PathTracer tracer = _ -> ONE;
  private MonitorDatabase data;
  private PathStore paths;
  private PathWatch watch;
  private long service;

  PathWatchTest(TestDatabases engine) {
    this.engine = engine;
  }

  private static Path path(String... hops) {
    return new Path(List.of(hops).stream().map(Set::of).toList(), true);
  }

  @BeforeEach
  void open() {
    data = new MonitorDatabase(engine, folder);
    paths = new PathStore(data.database, data.commits);
    watch =
        new PathWatch(
            target -> {
              traces.incrementAndGet();
              return tracer.trace(target);
            },
            (_, _) -> List.of(HOST),
            paths,
            data.clock);
    service = data.service("gateway");
  }

  @AfterEach
  void close() {
    watch.close();
    data.close();
  }

  @Test
  void tracesEveryFiveMinutesWhileTheServiceIsUpAndStoresChangesOnly() throws Exception {
    Instant began = data.clock.wall();
    watch.observed(check(true), up(began, 5));
    await().until(() -> listed().size() == 1);
    watch.observed(check(true), up(data.clock.wall(), 5));
    pass(Duration.ofMinutes(5));
    watch.observed(check(true), up(data.clock.wall(), 5));
    await().until(() -> traces.get() == 2);
    tracer = _ -> OTHER;
    pass(Duration.ofMinutes(5));
    watch.observed(check(true), up(data.clock.wall(), 5));
    await().until(() -> listed().size() == 2);
    assertThat(traces).hasValue(5);
    KnownPath newest = listed().getFirst();
    assertThat(newest.path()).isEqualTo(OTHER);
    assertThat(newest.changedTtl()).isEqualTo(2);
    assertThat(newest.until()).isEmpty();
    KnownPath before = listed().getLast();
    assertThat(before.path()).isEqualTo(ONE);
    assertThat(before.until()).contains(newest.since());
    assertThat(before.since()).isEqualTo(began);
    assertThat(paths.list(Scope.operator(), service, new Slice(1, 1))).containsExactly(before);
    assertThat(paths.count(Scope.operator(), service)).isEqualTo(2);
    assertThat(paths.count(Scope.of(7), service)).isZero();
    data.changes.delete(service);
    assertThat(data.number("SELECT count(*) FROM service_path")).isZero();
    paths.put(service, began, 0, ONE); // came too late
    assertThat(data.number("SELECT count(*) FROM service_path")).isZero();
  }

  @Test
  void addsALinkToThePathThatIsKnown() throws Exception {
    watch.observed(check(true), up(data.clock.wall(), 5));
    await().until(() -> listed().size() == 1);
    AtomicInteger turn = new AtomicInteger();
    tracer = _ -> turn.getAndIncrement() % 2 == 0 ? OTHER : ONE;
    pass(Duration.ofMinutes(5));
    watch.observed(check(true), up(data.clock.wall(), 5));
    await().until(() -> listed().getFirst().path().equals(ONE.and(OTHER)));
    assertThat(listed()).hasSize(1);
  }

  @Test
  void anObservationThatFoundItDownHasThePathOfThatMoment() throws Exception {
    tracer = _ -> new Path(ONE.hops().subList(0, 2), false);
    Observation found = watch.observed(check(true), down(data.clock.wall(), 5));
    assertThat(found.measurements().path()).contains(new Path(ONE.hops().subList(0, 2), false));
    found = watch.observed(check(true), down(data.clock.wall(), 5));
    assertThat(found.measurements().path()).isPresent();
    assertThat(traces).hasValue(1);
    pass(Duration.ofMinutes(1));
    watch.observed(check(true), down(data.clock.wall(), 5));
    assertThat(traces).hasValue(2);
    assertThat(found.withoutAnswer().measurements().path()).isPresent();
    assertThat(listed()).isEmpty(); // what broke it is no path that leads there
  }

  @Test
  void tracesNothingElse() throws Exception {
    watch.observed(check(false), up(data.clock.wall(), 5));
    watch.observed(check(false), down(data.clock.wall(), 5));
    watch.observed(check(true), unknown(data.clock.wall()));
    assertThat(traces).hasValue(0);
    tracer =
        _ -> {
          throw ProbeFailure.here("no right");
        };
    Observation found = down(data.clock.wall(), 5);
    assertThat(watch.observed(check(true), found)).isEqualTo(found);
  }

  private List<KnownPath> listed() {
    return paths.list(Scope.operator(), service, new Slice(9, 0));
  }

  private void pass(Duration time) {
    data.clock.pass(time);
  }

  private ScheduledCheck check(boolean trace) {
    return new ScheduledCheck(
        service,
        Scope.OPERATOR,
        "gateway",
        URI.create("http://gw.example"),
        Duration.ofSeconds(60),
        Duration.ofSeconds(8),
        Confirmation.DEFAULT,
        WarningLimits.NONE,
        trace,
        1,
        ReferencedSecrets.NOTHING,
        Probe.of("gateway", _ -> {}));
  }
}
