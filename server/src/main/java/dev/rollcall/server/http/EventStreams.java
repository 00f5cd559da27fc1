package dev.rollcall.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The event streams of one port. Their number is limited, and all end when the port is closed.
///
/// If there is no place, a client gets the oldest stream of the address with the most, if it has
/// fewer than that. So one client cannot keep others out, and many clients behind one address have
/// no limit while there is room.
final class EventStreams {
  private final Set<EventStream> open = new LinkedHashSet<>();
  private final int places;
  private final Duration heartbeat;
  private boolean ended;

  EventStreams(Limits limits) {
    this.places = limits.streams();
    this.heartbeat = limits.patience().heartbeat();
  }

  /// Takes a place for a stream to `remote`; empty if there is none. The caller has to call [#run].
  ///
  /// @param allowed whether the client may still read it
  synchronized Optional<EventStream> open(String remote, boolean gzip, BooleanSupplier allowed) {
    if (open.size() >= places && !displaces(remote)) {
      return Optional.empty();
    }
    EventStream stream = new EventStream(remote, gzip, heartbeat, allowed);
    if (ended) {
      stream.end();
    }
    open.add(stream);
    return Optional.of(stream);
  }

  private boolean displaces(String remote) {
    Map<String, List<EventStream>> each =
        open.stream().collect(Collectors.groupingBy(EventStream::remote));
    Optional<List<EventStream>> most =
        each.values().stream().max(Comparator.comparingInt(List::size));
    int mine = each.getOrDefault(remote, List.of()).size();
    if (most.isEmpty() || most.get().size() <= mine + 1) {
      return false;
    }
    EventStream oldest = most.get().getFirst();
    oldest.end();
    open.remove(oldest);
    return true;
  }

  /// Runs a stream on the thread of the request until it ends, and releases its place.
  void run(EventStream stream, Function<EventStream, Runnable> opened, OutputStream out)
      throws IOException, InterruptedException {
    Runnable whenEnded = opened.apply(stream);
    try {
      stream.pump(out);
    } finally {
      stream.end();
      whenEnded.run();
    }
  }

  synchronized void close(EventStream stream) {
    open.remove(stream);
  }

  synchronized void end() {
    ended = true;
    open.forEach(EventStream::end);
  }
}
