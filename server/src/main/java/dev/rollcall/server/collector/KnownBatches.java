package dev.rollcall.server.collector;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// The batches that were stored last, of each node, so that one which is sent again is not stored
/// again after a rotation. Within one file, the table of its batches prevents that.
///
/// A node sends one batch at a time, so only its last one is in doubt. The last hundred of a
/// thousand nodes are remembered: 12 MB at most.
final class KnownBatches {
  static final int MOST_NODES = 1_000;
  static final int MOST_OF_ONE = 100;

  /// What is known of a batch.
  enum State {
    /// It is stored from now on: [#stored] or [#failed] has to follow.
    NEW,
    /// Another request stores it at present.
    UNDER_WAY,
    STORED
  }

  private final Set<BatchId> underWay = new HashSet<>();

  /// The ids of each node, the oldest first; the node that sent last is the last one.
  private final LinkedHashMap<String, SequencedSet<String>> stored =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SequencedSet<String>> eldest) {
          return size() > MOST_NODES;
        }
      };

  /// A batch has come.
  synchronized State begin(BatchId batch) {
    SequencedSet<String> known = stored.get(batch.node());
    if (known != null && known.contains(batch.id())) {
      return State.STORED;
    }
    return underWay.add(batch) ? State.NEW : State.UNDER_WAY;
  }

  /// It is stored.
  synchronized void stored(BatchId batch) {
    underWay.remove(batch);
    SequencedSet<String> known = stored.computeIfAbsent(batch.node(), _ -> new LinkedHashSet<>());
    known.add(batch.id());
    if (known.size() > MOST_OF_ONE) {
      known.removeFirst();
    }
  }

  /// A file has it. Those that were stored last come first.
  synchronized void found(BatchId batch) {
    SequencedSet<String> known = stored.get(batch.node());
    if (known == null && stored.size() < MOST_NODES) {
      known = new LinkedHashSet<>();
      stored.put(batch.node(), known);
    }
    if (known != null && known.size() < MOST_OF_ONE && !known.contains(batch.id())) {
      known.addFirst(batch.id());
    }
  }

  /// It is not stored.
  synchronized void failed(BatchId batch) {
    underWay.remove(batch);
  }
}
