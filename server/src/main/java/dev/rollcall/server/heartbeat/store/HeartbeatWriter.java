package dev.rollcall.server.heartbeat.store;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Circle;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/// Writes all changes of heartbeats in the order in which they came. It reads the rows of a group
/// once, applies every change in memory, and writes each row once.
public final class HeartbeatWriter implements Batch<HeartbeatChange, PingOutcome> {
  private static final Comparator<HeartbeatChange> BY_NAME =
      Comparator.comparing(HeartbeatChange::key, HeartbeatName.ORDER);

  private final HeartbeatTable table;
  private final boolean shared;
  private final SignalWriter signalWriter;
  private final Circles circles;
  private final HeartbeatLimit limit;
  private final Duration tolerance;
  private final Durability durability;
  private final Clock clock;

  /// @param circles finds those of `depends-on`
  /// @param tolerance how far the clock of a job may be ahead of the server's
  /// @param durability what an answered ping survives
  public HeartbeatWriter(
      Database database,
      SignalWriter signalWriter,
      Circles circles,
      HeartbeatLimit limit,
      Duration tolerance,
      Durability durability,
      Clock clock) {
    this.table = new HeartbeatTable(database.locked());
    this.shared = !database.locked().isEmpty();
    this.signalWriter = signalWriter;
    this.circles = circles;
    this.limit = limit;
    this.tolerance = tolerance;
    this.durability = durability;
    this.clock = clock;
  }

  @Override
  public Durability durability() {
    return durability;
  }

  /// Several processes lock the same rows, so they lock them in the same order.
  @Override
  public Optional<Comparator<HeartbeatChange>> order() {
    return shared ? Optional.of(BY_NAME) : Optional.empty();
  }

  @Override
  public List<PingOutcome> apply(Handle tx, List<HeartbeatChange> changes) {
    Instant now = clock.wall();
    Map<HeartbeatName, HeartbeatUpdate> entries = LinkedHashMap.newLinkedHashMap(changes.size());
    HeartbeatLimit.Places places = load(tx, changes, now, entries);
    List<PingOutcome> all = new ArrayList<>(changes.size());
    List<Signal> signals = new ArrayList<>();
    for (HeartbeatChange change : changes) {
      HeartbeatUpdate heartbeatUpdate = entries.get(change.key());
      if (heartbeatUpdate == null) {
        all.add(missing(change, places));
      } else {
        all.add(
            circle(tx, change)
                .<PingOutcome>map(PingOutcome.InCircle::new)
                .orElseGet(() -> heartbeatUpdate.apply(tx, change, now, tolerance, signals)));
        keepKeys(tx, change, heartbeatUpdate);
      }
    }
    write(tx, List.copyOf(entries.values()));
    if (!signals.isEmpty()) {
      signalWriter.write(tx, signals);
    }
    return all;
  }

  /// The file was checked when it was read.
  private Optional<Circle> circle(Handle tx, HeartbeatChange change) {
    return change instanceof HeartbeatChange.Keys(HeartbeatName key, AlertKeys keys)
        ? circles.closed(tx, Subject.Type.HEARTBEAT, key.owner(), key.name(), keys)
        : Optional.empty();
  }

  /// They are written at once, so that the next change of the group sees them: both together could
  /// make a circle.
  private static void keepKeys(Handle tx, HeartbeatChange change, HeartbeatUpdate update) {
    if (change instanceof HeartbeatChange.Keys) {
      update
          .keys()
          .ifPresent(
              given -> KeyStore.keep(tx, List.of(new KeyStore.StoredKeys(update.id(), given))));
    }
  }

  private static PingOutcome missing(HeartbeatChange change, HeartbeatLimit.Places places) {
    return switch (change) {
      case HeartbeatChange.Ping ping ->
          ping.terms().isPresent() ? places.full(ping.key()) : new PingOutcome.NoTerms();
      case HeartbeatChange.Removal _,
          HeartbeatChange.Pause _,
          HeartbeatChange.Resumption _,
          HeartbeatChange.Keys _,
          HeartbeatChange.Declaration _,
          HeartbeatChange.EndOfDeclaration _ ->
          new PingOutcome.Unknown();
    };
  }

  /// Reads the rows of all names that exist, and adds rows for names whose ping states its terms,
  /// and for those that are declared, however many there are.
  private HeartbeatLimit.Places load(
      Handle tx,
      List<HeartbeatChange> changes,
      Instant now,
      Map<HeartbeatName, HeartbeatUpdate> entries) {
    List<HeartbeatName> names = changes.stream().map(HeartbeatChange::key).distinct().toList();
    load(tx, names, entries);
    if (entries.size() == names.size()) {
      return HeartbeatLimit.Places.NONE;
    }
    List<HeartbeatName> declared =
        changes.stream()
            .filter(HeartbeatChange.Declaration.class::isInstance)
            .map(HeartbeatChange::key)
            .filter(name -> !entries.containsKey(name))
            .toList();
    if (!declared.isEmpty()) {
      HeartbeatTable.add(tx, declared, now);
      load(tx, declared, entries);
    }
    List<HeartbeatName> fresh =
        changes.stream()
            .filter(
                change -> change instanceof HeartbeatChange.Ping ping && ping.terms().isPresent())
            .map(HeartbeatChange::key)
            .distinct()
            .filter(name -> !entries.containsKey(name))
            .toList();
    HeartbeatLimit.Places places = limit.take(tx, fresh);
    HeartbeatTable.add(tx, places.taken(), now);
    load(tx, places.taken(), entries);
    return places;
  }

  private void load(
      Handle tx, List<HeartbeatName> names, Map<HeartbeatName, HeartbeatUpdate> entries) {
    if (names.stream().allMatch(HeartbeatName::isOfOperator)) { // nearly always
      load(tx, Scope.OPERATOR, names, entries);
      return;
    }
    names.stream()
        .collect(groupingBy(HeartbeatName::owner, TreeMap::new, toList()))
        .forEach((owner, some) -> load(tx, owner, some, entries));
  }

  private void load(
      Handle tx,
      long owner,
      List<HeartbeatName> names,
      Map<HeartbeatName, HeartbeatUpdate> entries) {
    for (HeartbeatTable.Row row : table.lock(tx, owner, names)) {
      entries.put(row.key(), new HeartbeatUpdate(row));
    }
  }

  private static void write(Handle tx, List<HeartbeatUpdate> entries) {
    List<Heartbeat> counted = new ArrayList<>();
    List<Heartbeat> changed = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    List<Long> left = new ArrayList<>();
    List<RunStore.StoredRun> runs = new ArrayList<>();
    List<RunStore.Output> outputs = new ArrayList<>();
    List<KeyStore.StoredKeys> keys = new ArrayList<>();
    List<Long> withoutKeys = new ArrayList<>();
    for (HeartbeatUpdate heartbeatUpdate : entries) {
      switch (heartbeatUpdate.writing()) {
        case NOTHING -> {}
        case COUNTS -> counted.add(heartbeatUpdate.heartbeat());
        case ALL -> changed.add(heartbeatUpdate.heartbeat());
        case REMOVAL -> removed.add(heartbeatUpdate.id());
      }
      if (heartbeatUpdate.leavesRuns()) {
        left.add(heartbeatUpdate.id());
      }
      heartbeatUpdate
          .runs()
          .forEach(run -> runs.add(new RunStore.StoredRun(heartbeatUpdate.id(), run)));
      outputs.addAll(heartbeatUpdate.outputs());
      heartbeatUpdate
          .keys()
          .ifPresent(given -> keys.add(new KeyStore.StoredKeys(heartbeatUpdate.id(), given)));
      if (heartbeatUpdate.losesKeys()) {
        withoutKeys.add(heartbeatUpdate.id());
      }
    }
    HeartbeatTable.remove(tx, removed);
    RunStore.forget(tx, left);
    HeartbeatTable.count(tx, counted);
    HeartbeatTable.change(tx, changed);
    RunStore.keep(tx, runs);
    RunStore.keepOutputs(tx, outputs);
    KeyStore.keep(tx, keys);
    KeyStore.remove(tx, withoutKeys);
  }
}
