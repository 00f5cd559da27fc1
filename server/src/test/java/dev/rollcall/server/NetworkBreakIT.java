package dev.rollcall.server;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.lab.LabNode;
import dev.rollcall.server.CutNetwork.Failure;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Links and routers of a laboratory fail while the program watches what is behind them.
///
/// `-Drollcall.test.cuts=60` is the long form: so many trials, each of another failure, and a line
/// for each. `-Drollcall.test.seed=N` repeats the order of a run.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkBreakIT {
  private static final int CUTS = Integer.getInteger("rollcall.test.cuts", 3);
  private static final long SEED = Long.getLong("rollcall.test.seed", System.nanoTime());
  private static final Duration PATIENCE = RunningRollcall.PATIENCE.multipliedBy(2);
  private static final Duration LOOK = Duration.ofMillis(100);

  /// After so many more checks of each service, nothing new is lost.
  private static final long CHECKS = 3;

  @TempDir static Path folder;

  private CutNetwork network;
  private RunningRollcall rollcall;
  private LabClient client;

  private enum Verdict {
    RIGHT,
    UNKNOWN,
    WRONG,
    NOTHING_LOST
  }

  /// @param named the places that are said to be broken, with the names of the routers
  /// @param after until the first of them was named
  private record Trial(
      Failure failure, Verdict verdict, Set<String> named, Optional<Duration> after, Now now) {
    @Override
    public String toString() {
      return "%-12s %-26s named %s %s; lost %s, of which alone %s"
          .formatted(
              verdict,
              failure.name(),
              named,
              after.map(time -> "after " + time.toMillis() + " ms").orElse(""),
              now.down(),
              now.alone());
    }
  }

  /// How everything stands.
  ///
  /// @param up the services that are up
  /// @param down those that are down
  /// @param places the open incidents of places, by their addresses
  /// @param behind what is unreachable behind these
  /// @param alone the services with an open incident of their own
  private record Now(
      Set<String> up,
      Set<String> down,
      Map<String, JsonNode> places,
      Set<String> behind,
      Set<String> alone) {
    /// Whether of everything that is down it is known what people are told.
    boolean isTold() {
      Set<String> told = new TreeSet<>(behind);
      told.addAll(alone);
      return told.containsAll(down);
    }

    boolean isWell(Set<String> all) {
      return up.equals(all) && places.isEmpty() && alone.isEmpty();
    }
  }

  @BeforeAll
  void start() throws IOException {
    network = new CutNetwork();
    Path hosts = Files.writeString(folder.resolve("hosts"), network.hosts());
    rollcall =
        Plan.in(folder)
            .yaml("incidents: {flapping: 1000}\n" + network.yaml())
            .behind(
                "ip",
                "netns",
                "exec",
                network.source.namespace(),
                "sh",
                "-c",
                "mount --bind " + hosts + " /etc/hosts && exec \"$@\"",
                "sh")
            .start();
    client = LabClient.of(network.source, rollcall);
    await().atMost(PATIENCE).until(() -> services().stream().allMatch(this::isTraced));
  }

  @AfterAll
  void stop() {
    if (rollcall != null) {
      rollcall.close();
    }
    network.close();
  }

  private List<JsonNode> services() {
    return client.rows("v1/services?limit=100");
  }

  private boolean isTraced(JsonNode service) {
    List<JsonNode> paths = client.rows("v1/services/" + service.get("id") + "/paths");
    return !paths.isEmpty() && paths.getFirst().get("reached").booleanValue();
  }

  private static Set<String> names(List<JsonNode> services, String state) {
    return services.stream()
        .filter(one -> one.get("state").stringValue().equals(state))
        .map(one -> one.get("name").stringValue())
        .collect(toCollection(TreeSet::new));
  }

  private Now now() {
    List<JsonNode> services = services();
    List<JsonNode> open = client.rows("v1/incidents?state=open&limit=1000");
    Map<String, JsonNode> places =
        open.stream()
            .filter(one -> subject(one).startsWith("network:"))
            .collect(Collectors.toMap(one -> subject(one).substring("network:".length()), x -> x));
    Set<String> behind = new TreeSet<>();
    for (JsonNode place : places.values()) {
      client
          .json("v1/incidents/" + place.get("id"))
          .at("/data/incident/data/behind")
          .forEach(name -> behind.add(name.stringValue()));
    }
    Set<String> alone =
        open.stream()
            .map(NetworkBreakIT::subject)
            .filter(subject -> subject.startsWith("service:"))
            .map(subject -> subject.substring("service:".length()))
            .collect(toCollection(TreeSet::new));
    return new Now(names(services, "up"), names(services, "down"), places, behind, alone);
  }

  private static String subject(JsonNode incident) {
    return incident.get("subject").stringValue();
  }

  private Set<String> all() {
    return new TreeSet<>(network.names());
  }

  private Map<String, Long> checks() {
    return services().stream()
        .collect(
            Collectors.toMap(
                one -> one.get("name").stringValue(),
                one -> one.at("/metric/data/tick_count").longValue()));
  }

  /// Waits, and says how everything stands if it waits for too long.
  private void awaitThat(Supplier<Boolean> condition, String what) {
    try {
      await().atMost(PATIENCE).pollInterval(LOOK).until(condition::get);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("%s, seed %d: %s".formatted(what, SEED, now()), e);
    }
  }

  @Test
  void namesTheRightPlaceWhateverFails() {
    Random random = new Random(SEED);
    List<Failure> failures = new ArrayList<>();
    while (failures.size() < CUTS) {
      List<Failure> more = network.failures();
      Collections.shuffle(more, random);
      failures.addAll(more);
    }
    List<Trial> trials = new ArrayList<>();
    for (Failure failure : failures.subList(0, CUTS)) {
      trials.add(trial(failure));
      if (CUTS > 3) {
        System.out.println(trials.getLast());
      }
    }
    report(trials);
    assertThat(trials)
        .as("seed %d", SEED)
        .noneMatch(trial -> trial.verdict() == Verdict.WRONG)
        .filteredOn(trial -> trial.verdict() != Verdict.RIGHT)
        .allMatch(trial -> trial.failure().right().isEmpty() || trial.failure().shares());
  }

  private static void report(List<Trial> trials) {
    List<Duration> times = trials.stream().flatMap(one -> one.after().stream()).sorted().toList();
    System.out.printf(
        "%d failures of links and routers, seed %d: %s; named after %s%n",
        trials.size(),
        SEED,
        trials.stream().collect(Collectors.groupingBy(Trial::verdict, Collectors.counting())),
        times.isEmpty()
            ? "nothing"
            : "%d ms (median), %d ms at most"
                .formatted(times.get(times.size() / 2).toMillis(), times.getLast().toMillis()));
  }

  private Trial trial(Failure failure) {
    awaitThat(() -> now().isWell(all()), "before " + failure.name());
    Map<String, Long> before = checks();
    failure.begin();
    long began = System.nanoTime();
    List<Duration> named = new ArrayList<>();
    List<Now> seen = new ArrayList<>();
    try {
      awaitThat(
          () -> {
            Now now = now();
            if (named.isEmpty() && !now.places().isEmpty()) {
              named.add(Duration.ofNanos(System.nanoTime() - began));
            }
            seen.add(now);
            return now.isTold()
                && Collections.disjoint(now.up(), failure.lost())
                && checks().entrySet().stream()
                    .allMatch(
                        one ->
                            !(now.up().contains(one.getKey()) || now.down().contains(one.getKey()))
                                || one.getValue()
                                    >= before.getOrDefault(one.getKey(), 0L) + CHECKS);
          },
          failure.name());
    } finally {
      failure.end();
    }
    Now now = seen.getLast();
    Trial trial =
        new Trial(
            failure,
            verdict(failure, now),
            now.places().values().stream()
                .map(place -> subject(place) + " " + place.get("title").asString(""))
                .collect(toCollection(TreeSet::new)),
            named.stream().findFirst(),
            now);
    awaitThat(() -> now().isWell(all()), "after " + failure.name());
    return trial;
  }

  /// None is accused falsely: neither a place, nor a service of being lost.
  private Verdict verdict(Failure failure, Now now) {
    Set<LabNode> accused =
        now.places().keySet().stream().map(network.lab::nodeAt).collect(Collectors.toSet());
    Set<String> lost = new TreeSet<>(now.alone());
    lost.addAll(now.behind());
    if (!failure.right().containsAll(accused)
        || (!failure.shares() && !failure.lost().containsAll(lost))) {
      return Verdict.WRONG;
    }
    if (!accused.isEmpty()) {
      return Verdict.RIGHT;
    }
    return now.down().isEmpty() ? Verdict.NOTHING_LOST : Verdict.UNKNOWN;
  }

  /// Until the router's name was looked up, and while nobody misses what is behind a place.
  @Test
  void oneIncidentNamesTheRouterAndMaintenanceOfAllBehindItSilencesIt() {
    awaitThat(() -> now().isWell(all()), "at first");
    Set<String> behind = network.behind(network.r(13));
    assertThat(behind).containsExactly("m1", "m2", "m3");
    String maintenance =
        client.send("POST", "v1/maintenance", "{\"names\":[\"m*\"]}").json().at("/data").toString();
    Failure failure =
        network.failures().stream()
            .filter(one -> one.name().equals("r4 - r13 is down"))
            .findFirst()
            .orElseThrow();
    Map<String, Long> before = checks();
    failure.begin();
    try {
      awaitThat(
          () ->
              now().down().equals(behind)
                  && behind.stream()
                      .allMatch(
                          name ->
                              checks().getOrDefault(name, 0L)
                                  >= before.getOrDefault(name, 0L) + 2 * CHECKS),
          "in maintenance");
      assertThat(client.rows("v1/incidents?state=open")).as(maintenance).isEmpty();
      long id = client.rows("v1/maintenance").getFirst().get("id").longValue();
      assertThat(client.send("POST", "v1/maintenance/" + id + "/end", "{}").status())
          .isBetween(200, 299);
      awaitThat(() -> now().behind().equals(behind), "after the maintenance");
      Now now = now();
      assertThat(now.alone()).isEmpty();
      assertThat(now.places().values())
          .singleElement()
          .satisfies(
              place -> {
                assertThat(network.lab.nodeAt(subject(place).substring("network:".length())))
                    .isSameAs(network.r(13));
                assertThat(place.get("kind").stringValue()).isEqualTo("down");
                assertThat(place.get("title").stringValue()).isEqualTo("r13.lab.example");
                assertThat(place.get("cause").stringValue())
                    .startsWith("3 services are lost behind it: m1, m2, m3; the way to it is well")
                    .contains("as far as 10.201.", " (r4.lab.example)");
              });
    } finally {
      failure.end();
    }
    awaitThat(() -> now().isWell(all()), "at the end");
  }
}
