package dev.rollcall.lab.ha;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A [Site] under load, in which scenarios happen one after the other.
public final class Lab implements AutoCloseable {
  private static final int FLIPS = 4;
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration BEFORE = Duration.ofMillis(1500);
  private static final Duration CALM = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Site site;
  private final Load load;
  private final Stored stored;
  private int count;

  /// Starts all machines and the load.
  ///
  /// @param root of the repository, built
  /// @param more variables of Rollcall's processes, beside those of `deploy/systemd/rollcall.env`
  /// @param callers how many clients call as jobs, each ten times a second
  /// @throws IllegalStateException with what is missing on this machine
  public Lab(Path root, Map<String, String> more, int callers) {
    site = new Site(root, FLIPS, more);
    stored = new Stored(site);
    try {
      load = site.load(callers);
    } catch (RuntimeException | Error e) {
      Network.closeAfter(e, site);
      throw e;
    }
    if (!Until.within(LONGEST, this::isWell)) {
      String logs = site.logs();
      close();
      throw new IllegalStateException("the load does not get through: " + logs);
    }
  }

  /// Lets something go wrong for a while, puts it right, and waits until everything works again.
  public Report run(Scenario scenario, Duration usual) {
    long begin = System.nanoTime();
    load.forget();
    site.world().forget();
    String flip = "flip-" + count++ % FLIPS;
    Until.passed(BEFORE);
    long fault = System.nanoTime();
    site.world().down(flip);
    scenario.fault().on(site);
    Until.passed(scenario.of(usual).minusNanos(System.nanoTime() - fault));
    scenario.repair().on(site);
    boolean opened = Until.within(LONGEST, () -> count(flip, true) > 0);
    site.world().up(flip);
    boolean over = opened && Until.within(LONGEST, () -> count(flip, false) > 0);
    boolean well = Until.within(over ? LONGEST : CALM, this::isWell);
    List<String> lost = stored.missing(load);
    Report.Checks checks = Report.Checks.of(site.world().checks(), INTERVAL, fault);
    List<Load.Done> requests = load.done();
    List<String> wrong = wrong(flip);
    Optional<String> trouble = Optional.empty();
    if (!well) {
      trouble = Optional.of("not well again after " + LONGEST + site.logs());
    } else if (!lost.isEmpty() || !wrong.isEmpty()) {
      trouble = Optional.of("what is stored of " + flip + stored.about(flip) + site.logs());
    }
    return new Report(
        scenario.name(),
        Duration.ofNanos(System.nanoTime() - begin),
        requests,
        requests.stream().filter(one -> !one.isGood()).toList(),
        checks.missed(),
        checks.twice(),
        checks.takenOver(),
        lost,
        wrong,
        site.world().repeated(),
        trouble);
  }

  private boolean isWell() {
    return load.isWell(CALM) && site.isReady();
  }

  private long count(String flip, boolean opened) {
    return site.world().alerts().stream()
        .filter(one -> one.name().equals(flip) && one.opened() == opened)
        .map(World.Alert::incident)
        .distinct()
        .count();
  }

  private List<String> wrong(String flip) {
    List<String> wrong = new ArrayList<>();
    for (boolean opened : List.of(true, false)) {
      long told = count(flip, opened);
      if (told != 1) {
        wrong.add(
            "%s was told %d times that it is %s"
                .formatted(flip, told, opened ? "down" : "up again"));
      }
    }
    Set<String> others =
        site.world().alerts().stream()
            .map(World.Alert::name)
            .filter(name -> !name.equals(flip))
            .collect(Collectors.toSet());
    others.forEach(name -> wrong.add(name + " was told, and was always up"));
    return wrong;
  }

  /// What all programs have said.
  public String logs() {
    return site.logs();
  }

  @Override
  public void close() {
    load.close();
    site.close();
  }
}
