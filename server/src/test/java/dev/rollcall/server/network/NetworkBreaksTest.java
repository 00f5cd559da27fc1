package dev.rollcall.server.network;

import static dev.rollcall.server.network.Routes.hop;
import static dev.rollcall.server.network.Routes.lost;
import static dev.rollcall.server.network.Routes.route;
import static dev.rollcall.server.network.Routes.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NetworkBreaksTest {
  @Test
  void namesTheFirstHopThatNothingPasses() {
    assertThat(
            find(
                lost("a", "1 2 3 10", "1 2"),
                lost("b", "1 2 3 11", "1 2"),
                lost("c", "1 2 3 4 12", "1 2"),
                well("d", "1 2 13")))
        .containsExactly(
            new NetworkBreak(
                hop(3), Optional.of(hop(2)), 0, Set.of("a", "b", "c"), NetworkBreak.Sure.CERTAIN));
  }

  @Test
  void isLikelyIfOnlyTwoAddressesAreLost() {
    assertThat(find(lost("a", "1 2 3 10", "1 2"), lost("b", "1 2 3 11", "1 2")))
        .containsExactly(
            new NetworkBreak(
                hop(3), Optional.of(hop(2)), 0, Set.of("a", "b"), NetworkBreak.Sure.LIKELY));
  }

  @Test
  void saysHowManySilentHopsItMayBeInstead() {
    assertThat(find(lost("a", "1 - - 3 10", "1"), lost("b", "1 - - 3 11", "1")))
        .extracting(NetworkBreak::hop, NetworkBreak::silent)
        .containsExactly(tuple(hop(3), 2));
  }

  @Test
  void namesNothingForOneThatIsLost() {
    assertThat(find(lost("a", "1 2 3 10", "1 2"), well("d", "1 2 13"))).isEmpty();
  }

  @Test
  void aHostOfWhichAllServicesAreLostIsNoNetwork() {
    assertThat(
            find(
                lost("http", "1 2 10", "1 2"),
                lost("ssh", "1 2 10", "1 2"),
                lost("smtp", "1 2 10", "1 2"),
                well("d", "1 13")))
        .isEmpty();
  }

  @Test
  void hostsThatFailByThemselvesAccuseNoRouterThatAnswers() {
    assertThat(find(lost("a", "1 2 10", "1 2"), lost("b", "1 2 11", "1"), well("d", "1 13")))
        .isEmpty();
  }

  @Test
  void hostsThatFailByThemselvesAccuseNoRouterThatOthersPass() {
    assertThat(find(lost("a", "1 2 10", "1"), lost("b", "1 2 11", "1"), well("d", "1 2 13")))
        .isEmpty();
  }

  @Test
  void whatWasNotTracedSinceAccusesNothing() {
    assertThat(
            find(
                new WatchedRoute("a", route("1 2 10"), Optional.empty(), true),
                new WatchedRoute("b", route("1 2 11"), Optional.empty(), true),
                well("d", "1 13")))
        .isEmpty();
  }

  @Test
  void itMayBeOursIfNothingAnswers() {
    assertThat(find(lost("a", "1 2 10", ""), lost("b", "1 2 11", ""), lost("c", "1 12", "- -")))
        .isEmpty();
  }

  @Test
  void isTheFirstHopIfOnlyThatOneAnswers() {
    assertThat(find(lost("a", "1 2 10", "1"), lost("b", "1 2 11", "1"), lost("c", "1 2 12", "1")))
        .extracting(NetworkBreak::hop, NetworkBreak::sure)
        .containsExactly(tuple(hop(2), NetworkBreak.Sure.CERTAIN));
  }

  @Test
  void namesNothingWhileOneOfThoseThatShareTheLoadMayBeBroken() {
    assertThat(find(lost("a", "1 2|3 4 10", "1"), lost("b", "1 2|3 4 11", "1"))).isEmpty();
    assertThat(find(lost("a", "1 2|3 4 10", "1 2"), lost("b", "1 2|3 4 11", "1 2"))).isEmpty();
  }

  @Test
  void namesWhatIsBehindThoseThatShareTheLoadIfAllOfThemAnswer() {
    assertThat(find(lost("a", "1 2|3 4 10", "1 2"), lost("b", "1 2|3 4 11", "1 3")))
        .extracting(NetworkBreak::hop)
        .containsExactly(hop(4));
  }

  @Test
  void oneOfThoseThatShareTheLoadOnWellRoutesIsNotKnownToBeWell() {
    assertThat(
            find(
                lost("a", "1 2 10", "1"),
                lost("b", "1 2 11", "1"),
                well("c", "1 2|3 12"),
                well("d", "1 13")))
        .extracting(NetworkBreak::hop)
        .containsExactly(hop(2));
  }

  @Test
  void findsSeveral() {
    assertThat(
            find(
                lost("a", "1 2 10", "1"),
                lost("b", "1 2 11", "1"),
                lost("c", "1 2 12", "1"),
                lost("d", "1 3 13", "1"),
                lost("e", "1 3 14", "1")))
        .extracting(NetworkBreak::hop, NetworkBreak::behind)
        .containsExactly(tuple(hop(2), Set.of("a", "b", "c")), tuple(hop(3), Set.of("d", "e")));
  }

  /// Random networks, in which links are cut, routers are silent or limit their answers, and hosts
  /// fail by themselves. Whatever is named is right.
  @Test
  void neverAccusesWhatIsWell() {
    int named = 0;
    int behindCuts = 0;
    for (long seed = 0; seed < 3_000; seed++) {
      Network network = new Network(new Random(seed));
      List<NetworkBreak> found = NetworkBreaks.find(network.routes());
      for (NetworkBreak one : found) {
        assertThat(network.isRight(one)).as("seed %d: %s in %s", seed, one, network).isTrue();
      }
      named += found.stream().mapToInt(one -> one.behind().size()).sum();
      behindCuts += network.lostBehindCuts();
    }
    assertThat(named)
        .as("of %d that are lost behind cuts", behindCuts)
        .isGreaterThan(behindCuts / 2);
  }

  /// A tree of routers with hosts. Router 0 is ours.
  private static final class Network {
    private final Random random;
    private final int routers;
    private final int[] parent;
    private final boolean[] silent;
    private final boolean[] limits;
    private final Set<Integer> cut = new HashSet<>();
    private final List<Integer> hosts = new ArrayList<>();
    private final Set<Integer> failed = new HashSet<>();
    private final Set<Integer> answered = new HashSet<>();

    Network(Random random) {
      this.random = random;
      this.routers = 6 + random.nextInt(30);
      this.parent = new int[routers];
      this.silent = new boolean[routers];
      this.limits = new boolean[routers];
      for (int i = 1; i < routers; i++) {
        parent[i] = random.nextInt(i);
        silent[i] = random.nextInt(8) == 0;
        limits[i] = random.nextInt(5) == 0;
      }
      for (int i = 0; i < random.nextInt(3); i++) {
        cut.add(1 + random.nextInt(routers - 1));
      }
      int count = 4 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        hosts.add(random.nextInt(routers));
        if (random.nextInt(12) == 0) {
          failed.add(i);
        }
      }
    }

    /// The routers from ours to a host.
    private List<Integer> way(int host) {
      List<Integer> way = new ArrayList<>();
      for (int at = hosts.get(host); at != 0; at = parent[at]) {
        way.addFirst(at);
      }
      way.addFirst(0);
      return way;
    }

    /// How many routers of the way are reached.
    private int reached(List<Integer> way) {
      return (int) way.stream().takeWhile(router -> !cut.contains(router)).count();
    }

    List<WatchedRoute> routes() {
      return IntStream.range(0, hosts.size()).mapToObj(this::watched).toList();
    }

    private WatchedRoute watched(int host) {
      List<Integer> way = way(host);
      List<Set<InetAddress>> good = new ArrayList<>(way.stream().map(this::router).toList());
      good.add(Set.of(hop(1_000 + host)));
      int reached = reached(way);
      boolean lost = reached < way.size() || failed.contains(host);
      List<Set<InetAddress>> now = way.subList(0, reached).stream().map(this::answers).toList();
      return new WatchedRoute(
          "host " + host, good, lost ? Optional.of(now) : Optional.empty(), lost);
    }

    private Set<InetAddress> router(int router) {
      return silent[router] ? Set.of() : Set.of(hop(router));
    }

    /// One that limits its answers answers the first, and some of the others.
    private Set<InetAddress> answers(int router) {
      boolean first = answered.add(router);
      return limits[router] && !first && random.nextBoolean() ? Set.of() : router(router);
    }

    int lostBehindCuts() {
      return (int)
          IntStream.range(0, hosts.size())
              .filter(host -> reached(way(host)) < way(host).size())
              .count();
    }

    /// Each subject behind it is behind a cut, and the hop is the first behind that cut that
    /// answers at all.
    boolean isRight(NetworkBreak named) {
      return IntStream.range(0, hosts.size())
          .filter(host -> named.behind().contains("host " + host))
          .allMatch(
              host -> {
                List<Integer> way = way(host);
                return way.stream()
                    .skip(reached(way))
                    .filter(router -> !silent[router])
                    .findFirst()
                    .filter(router -> hop(router).equals(named.hop()))
                    .isPresent();
              });
    }

    @Override
    public String toString() {
      return "parents %s, silent %s, cut %s, hosts %s, failed %s"
          .formatted(Arrays.toString(parent), Arrays.toString(silent), cut, hosts, failed);
    }
  }

  private static List<NetworkBreak> find(WatchedRoute... routes) {
    return NetworkBreaks.find(List.of(routes));
  }
}
