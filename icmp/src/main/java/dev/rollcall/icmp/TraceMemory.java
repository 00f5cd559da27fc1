package dev.rollcall.icmp;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a tracer has learned from its earlier traces, so that it does not ask the routers near this
/// machine again and again (the local stop set of Doubletree: Donnet et al., SIGMETRICS 2005): the
/// path up to each router, which routers have answered, and how far targets are. Entries are
/// forgotten after a time, and the oldest first when there are too many. For one thread.
final class TraceMemory {
  private static final int MOST = 50_000;
  private static final int FIRST_DISTANCE = 8;

  /// A router at a TTL.
  private record Place(long high, long low, int ttl) {}

  /// This machine.
  private static final Place HERE = new Place(0, 0, 0);

  /// The path up to a place: two numbers for each TTL from 1 on, both 0 where nothing answered.
  private static final class Path {
    private final long[] addresses;
    private final long until;

    private Path(long[] addresses, long until) {
      this.addresses = addresses;
      this.until = until;
    }
  }

  private final long nanos;
  private final Map<Place, Path> paths = bounded();
  private final Map<Place, Long> answeredBehind = bounded();
  private final boolean[] silent = new boolean[256];
  private double distance = FIRST_DISTANCE;

  /// @param nanos how long to remember; 0 to remember nothing
  TraceMemory(long nanos) {
    this.nanos = nanos;
  }

  private static <V> Map<Place, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Place, V> eldest) {
        return size() > MOST;
      }
    };
  }

  /// How many hops away targets are, on average: so many TTLs are asked at once.
  int distance() {
    return (int) Math.ceil(distance - 0.1);
  }

  /// The TTL at which a trace begins: half way, where the paths to many targets have not parted
  /// yet.
  int middle() {
    if (nanos == 0 || paths.isEmpty()) {
      return 1;
    }
    int middle = Math.max(1, distance() / 2);
    while (middle > 1 && silent[middle]) {
      middle--;
    }
    return middle;
  }

  /// The addresses from TTL 1 up to the hop before a router, if an earlier trace went through it.
  Optional<long[]> before(long high, long low, int ttl, long now) {
    Path path = paths.get(new Place(high, low, ttl));
    return path == null || path.until - now < 0
        ? Optional.empty()
        : Optional.of(Arrays.copyOf(path.addresses, 2 * (ttl - 1)));
  }

  /// Whether something has answered behind a router lately; all numbers 0 for this machine.
  boolean hasAnsweredBehind(long high, long low, int ttl, long now) {
    Long until = answeredBehind.get(new Place(high, low, ttl));
    return until != null && until - now >= 0;
  }

  /// Notes a path.
  ///
  /// @param addresses two numbers for each TTL from 1 on
  /// @param hops how many TTLs
  /// @param asked the first TTL that was asked; those before are remembered
  /// @param reached whether the last is the target
  void learn(long[] addresses, int hops, int asked, boolean reached, long now) {
    if (reached) {
      distance += (hops - distance) / 8;
    }
    if (nanos == 0) {
      return;
    }
    int last = reached ? hops - 1 : hops; // the target itself is on the way to nothing
    int near = Math.max(distance() / 2 + 1, 2);
    if (asked == 1 && last >= 1 && (addresses[0] != 0 || addresses[1] != 0)) {
      noteAnswerBehind(HERE, now);
    }
    for (int ttl = asked; ttl <= last; ttl++) {
      long high = addresses[2 * ttl - 2];
      long low = addresses[2 * ttl - 1];
      silent[ttl] = low == 0 && high == 0;
      if (!silent[ttl]) {
        Place place = new Place(high, low, ttl);
        if (ttl <= near) {
          notePath(place, addresses, now);
        }
        if (ttl < last && (addresses[2 * ttl] != 0 || addresses[2 * ttl + 1] != 0)) {
          noteAnswerBehind(place, now);
        }
      }
    }
  }

  private void notePath(Place place, long[] addresses, long now) {
    Path known = paths.get(place);
    if (known == null || isOld(known.until, now)) {
      paths.remove(place); // the newest are last
      paths.put(place, new Path(Arrays.copyOf(addresses, 2 * place.ttl - 2), now + nanos));
    }
  }

  private void noteAnswerBehind(Place place, long now) {
    Long until = answeredBehind.get(place);
    if (until == null || isOld(until, now)) {
      answeredBehind.remove(place);
      answeredBehind.put(place, now + nanos);
    }
  }

  /// A quarter of its time is over: then it is worth a write.
  private boolean isOld(long until, long now) {
    return until - now < nanos - nanos / 4;
  }
}
