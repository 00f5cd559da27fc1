package dev.rollcall.server.network;

import static dev.rollcall.server.network.Routes.hop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.network.SuspectHops.Suspicion;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SuspectHopsTest {
  private static final int LEAST = 2;

  /// Counts all hops anew for each that is named, as it is defined.
  private static List<String> named(List<Suspicion> all) {
    List<Integer> left = new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
    List<String> named = new ArrayList<>();
    Set<InetAddress> hops = new HashSet<>();
    all.forEach(one -> hops.addAll(one.suspects()));
    while (true) {
      Optional<InetAddress> most =
          hops.stream()
              .filter(hop -> addresses(all, left, hop) >= LEAST)
              .min(
                  Comparator.comparingLong((InetAddress hop) -> -addresses(all, left, hop))
                      .thenComparing(hop -> place(all, left, hop))
                      .thenComparing(SuspectHops.BY_BYTES));
      if (most.isEmpty()) {
        return named;
      }
      List<Integer> behind =
          left.stream().filter(one -> all.get(one).suspects().contains(most.get())).toList();
      named.add(most.get() + " " + behind);
      left.removeAll(behind);
    }
  }

  private static long addresses(List<Suspicion> all, List<Integer> left, InetAddress hop) {
    return left.stream()
        .filter(one -> all.get(one).suspects().contains(hop))
        .map(one -> all.get(one).destination())
        .distinct()
        .count();
  }

  private static int place(List<Suspicion> all, List<Integer> left, InetAddress hop) {
    return left.stream().mapToInt(one -> all.get(one).suspects().indexOf(hop)).max().orElse(0);
  }

  @Test
  void namesTheHopsThatCountingAllOfThemEachTimeWouldName() {
    Random random = new Random(3);
    for (int run = 0; run < 300; run++) {
      List<Suspicion> all = new ArrayList<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        List<InetAddress> suspects =
            random.ints(random.nextInt(5), 1, 25).distinct().mapToObj(Routes::hop).toList();
        all.add(new Suspicion(hop(100 + random.nextInt(20)), suspects));
      }
      SuspectHops hops = new SuspectHops(all, LEAST);
      List<String> named = new ArrayList<>();
      for (Optional<InetAddress> hop = hops.mostLost(); hop.isPresent(); hop = hops.mostLost()) {
        named.add(hop.get() + " " + hops.take(hop.get()));
      }
      assertThat(named).isEqualTo(named(all));
    }
  }
}
