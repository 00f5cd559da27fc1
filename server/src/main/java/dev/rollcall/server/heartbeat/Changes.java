package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Durability;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Writes whatever is done to heartbeats, in the order in which it came: the rows of a group are
/// read once, every change of it follows in memory, and what came out is written once.
final class Changes implements Batch<Change, Done> {
  private final HeartbeatTable table;
  private final boolean shared;
  private final Telling telling;
  private final Room room;
  private final Duration tolerance;
  private final Durability durability;
  private final Clock clock;

  /// @param tolerance how far a job's clock may be ahead of ours
  /// @param durability what an answered call survives
  Changes(
      Database database,
      Telling telling,
      Room room,
      Duration tolerance,
      Durability durability,
      Clock clock) {
    this.table = new HeartbeatTable(database.locked());
    this.shared = !database.locked().isEmpty();
    this.telling = telling;
    this.room = room;
    this.tolerance = tolerance;
    this.durability = durability;
    this.clock = clock;
  }

  @Override
  public Durability durability() {
    return durability;
  }

  /// By name, where several processes lock the same rows.
  @Override
  public Optional<Comparator<Change>> order() {
    return shared ? Optional.of(Comparator.comparing(Change::name)) : Optional.empty();
  }

  @Override
  public List<Done> apply(Handle tx, List<Change> changes) {
    Instant now = clock.wall();
    Map<String, Entry> entries = load(tx, changes, now);
    List<Done> all = new ArrayList<>(changes.size());
    List<Notice> notices = new ArrayList<>();
    for (Change change : changes) {
      Entry entry = entries.get(change.name());
      if (entry == null) {
        all.add(missing(change));
      } else {
        all.add(entry.apply(tx, change, now, tolerance, notices));
      }
    }
    write(tx, List.copyOf(entries.values()));
    if (!notices.isEmpty()) {
      telling.tell(tx, notices);
    }
    return all;
  }

  private Done missing(Change change) {
    return switch (change) {
      case Change.Beat beat ->
          beat.terms().isPresent() ? new Done.Full(room.most()) : new Done.NoTerms();
      case Change.Removal _, Change.Pause _, Change.Resumption _ -> new Done.Unknown();
    };
  }

  /// The entries of all names that are there, or are about to be.
  private Map<String, Entry> load(Handle tx, List<Change> changes, Instant now) {
    Map<String, Entry> entries = LinkedHashMap.newLinkedHashMap(changes.size());
    List<String> names = changes.stream().map(Change::name).distinct().toList();
    load(tx, names, entries);
    if (entries.size() < names.size()) {
      List<String> fresh =
          changes.stream()
              .filter(change -> change instanceof Change.Beat beat && beat.terms().isPresent())
              .map(Change::name)
              .distinct()
              .filter(name -> !entries.containsKey(name))
              .toList();
      List<String> added = fresh.subList(0, room.take(tx, fresh.size()));
      HeartbeatTable.add(tx, added, now);
      load(tx, added, entries);
    }
    return entries;
  }

  private void load(Handle tx, List<String> names, Map<String, Entry> entries) {
    for (HeartbeatTable.Row row : table.lock(tx, names)) {
      entries.put(row.name(), new Entry(row));
    }
  }

  private static void write(Handle tx, List<Entry> entries) {
    List<Heartbeat> counted = new ArrayList<>();
    List<Heartbeat> changed = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    List<Long> left = new ArrayList<>();
    List<RunStore.Kept> runs = new ArrayList<>();
    List<RunStore.Output> outputs = new ArrayList<>();
    for (Entry entry : entries) {
      switch (entry.writing()) {
        case NOTHING -> {}
        case COUNTS -> counted.add(entry.heartbeat());
        case ALL -> changed.add(entry.heartbeat());
        case REMOVAL -> removed.add(entry.id());
      }
      if (entry.leavesRuns()) {
        left.add(entry.id());
      }
      entry.runs().forEach(run -> runs.add(new RunStore.Kept(entry.id(), run)));
      outputs.addAll(entry.outputs());
    }
    HeartbeatTable.remove(tx, removed);
    RunStore.forget(tx, left);
    HeartbeatTable.count(tx, counted);
    HeartbeatTable.change(tx, changed);
    RunStore.keep(tx, runs);
    RunStore.keepOutputs(tx, outputs);
  }
}
