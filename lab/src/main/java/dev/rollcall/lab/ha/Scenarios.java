package dev.rollcall.lab.ha;

import java.time.Duration;
import java.util.List;

/// All that goes wrong in the laboratory.
public final class Scenarios {
  private static final Duration AHEAD = Duration.ofMinutes(1);

  /// How long processes are called, once the balancers have noticed that they are ready, or while
  /// PostgreSQL is away.
  private static final Duration CALLED = Duration.ofSeconds(4);

  private Scenarios() {}

  /// Each once, in the order in which a short run has them.
  public static List<Scenario> all() {
    return List.of(
        new Scenario("nothing", _ -> {}, _ -> {}),
        new Scenario(
            "the balancer with the address loses its power",
            site -> site.active().machine().cutPower(),
            Site::powerBalancers),
        new Scenario(
            "HAProxy is killed at the balancer with the address",
            site -> site.active().program().kill(),
            Site::powerBalancers),
        new Scenario(
            "a process is killed",
            site -> first(site).program().kill(),
            site -> first(site).start()),
        new Scenario(
            "a process is stopped, and started again",
            site -> second(site).program().stop(),
            site -> second(site).start()),
        new Scenario(
            "the machine of a process loses its power",
            site -> second(site).machine().cutPower(),
            site -> {
              second(site).machine().plug();
              second(site).start();
            }),
        new Scenario(
            "a process is paused",
            site -> first(site).program().pause(),
            site -> first(site).program().resume()),
        new Scenario(
            "PostgreSQL is stopped",
            500,
            site -> site.primary().stop(),
            site -> site.primary().start()),
        new Scenario(
            "the standby of PostgreSQL is killed, and the primary goes on alone",
            site -> {
              site.standby().program().kill();
              site.primary().alone();
            },
            site -> {
              site.standby().start();
              site.primary().together();
            }),
        new Scenario(
            "the primary of PostgreSQL loses its power, and the standby is promoted",
            site -> {
              site.primary().machine().cutPower();
              site.standby().promote();
              site.swapDatabases();
            },
            site -> {
              site.standby().machine().plug();
              site.standby().follow(site.primary());
              site.primary().together();
            }),
        new Scenario(
            "the primary of Redis is killed",
            site -> site.firstRedis().program().kill(),
            Site::startRedis),
        new Scenario(
            "Redis is gone",
            site -> site.redis.forEach(one -> one.program().kill()),
            Site::startRedis),
        new Scenario(
            "PostgreSQL is stopped, the primary of Redis is killed, and stays away",
            site -> {
              Redis first = site.firstRedis();
              site.primary().stop();
              Until.passed(CALLED);
              first.program().kill();
              Until.holds("the other Redis is the primary", site::hasRedis, site::logs);
            },
            site -> {
              site.primary().start();
              Until.holds("nothing waits in Redis", site::isApplied, site::logs);
              site.startRedis();
            }),
        cut(
            "a process and PostgreSQL do not reach each other",
            site -> first(site).machine(),
            site -> site.primary().machine()),
        deaf(
            "a process does not hear PostgreSQL",
            site -> second(site).machine(),
            site -> site.primary().machine()),
        deaf(
            "PostgreSQL does not hear a process",
            site -> site.primary().machine(),
            site -> first(site).machine()),
        cut(
            "the balancer with the address and a process do not reach each other",
            site -> site.active().machine(),
            site -> first(site).machine()),
        deaf(
            "a balancer does not hear the other",
            site -> site.balancers.getLast().machine(),
            site -> site.balancers.getFirst().machine()),
        new Scenario(
            "the clock of a process is a minute ahead",
            site -> {
              second(site).program().stop();
              second(site).startAhead(AHEAD);
              Until.holds("it is ready", second(site)::isReady, second(site).program()::log);
              Until.passed(CALLED);
            },
            site -> {
              second(site).program().stop();
              second(site).start();
            }),
        new Scenario(
            "the disk of a process is full",
            site -> first(site).disk().fill(),
            site -> first(site).disk().empty()),
        new Scenario(
            "a balancer, a process and the primary of Redis are gone at once",
            site -> {
              site.active().machine().cutPower();
              first(site).machine().cutPower();
              site.firstRedis().program().kill();
            },
            site -> {
              site.powerBalancers();
              site.startRedis();
              first(site).machine().plug();
              first(site).start();
            }));
  }

  private static Rollcall first(Site site) {
    return site.processes.getFirst();
  }

  private static Rollcall second(Site site) {
    return site.processes.getLast();
  }

  /// Finds a machine.
  private interface Choice {
    Machine of(Site site);
  }

  private static Scenario cut(String name, Choice one, Choice other) {
    return new Scenario(
        name,
        site -> {
          one.of(site).deafTo(other.of(site));
          other.of(site).deafTo(one.of(site));
        },
        Site::listen);
  }

  private static Scenario deaf(String name, Choice one, Choice other) {
    return new Scenario(name, site -> one.of(site).deafTo(other.of(site)), Site::listen);
  }
}
