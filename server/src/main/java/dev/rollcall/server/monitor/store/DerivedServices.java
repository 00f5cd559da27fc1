package dev.rollcall.server.monitor.store;

import dev.rollcall.probe.ProbeResult;
import dev.rollcall.server.monitor.check.DependencyReport;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.Rows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The services for the dependencies that a `/_health` reports: see [DependencyReport].
///
/// Each report of the parent is a tick of all its children, written in the same transaction. If a
/// check of the parent gets no report, its children are unknown. A child is retired when three
/// reports in a row do not contain its name. It keeps its history, and continues it when its name
/// comes back. It has no due row of its own: only the process that holds the lease of the parent
/// writes about it.
final class DerivedServices {
  private static final String CHILDREN =
      """
      SELECT s.id, s.name, s.part, s.missed, s.retired_at, e.event,
        m.confirmed_state, m.against_count, m.against_down, m.against_since
      FROM service s JOIN service_metric m ON m.service_id = s.id
      LEFT JOIN service_event e
        ON e.service_id = s.id AND e.location_id = 0 AND e.date_ended IS NULL
      WHERE s.parent_id = ? ORDER BY s.id\
      """;

  /// A name that belongs to another service of the same owner stays with it, unless that service is
  /// retired.
  private static final String INSERT =
      """
      INSERT INTO service AS s (owner_id, name, url, definition, origin, created_at, updated_at,
        parent_id, part)
      SELECT p.owner_id, :name, p.url, '{}', 'derived', :at, :at, p.id, :part
      FROM service p WHERE p.id = :parent
      ON CONFLICT (name, owner_id) DO UPDATE SET
        url = excluded.url, definition = excluded.definition, group_name = NULL,
        origin = excluded.origin, updated_at = excluded.updated_at, retired_at = NULL, parent_id = excluded.parent_id,
        part = excluded.part, missed = 0
      WHERE s.retired_at IS NOT NULL
      RETURNING id\
      """;

  private static final String RETIRE =
      "UPDATE service SET retired_at = :at, updated_at = :at, missed = 0 WHERE id = :id";

  /// A child as it is in the database.
  ///
  /// @param part its name in the report of the parent
  /// @param missed the number of reports in a row without it
  private record Child(
      long id,
      String name,
      String part,
      int missed,
      boolean retired,
      Optional<Event.Kind> open,
      Streak streak) {}

  private DerivedServices() {}

  /// The outcomes of the children of `outcomes`, which must be new. It adds and retires children.
  ///
  /// @param signals gets the end of the state of children that were down and are retired
  static List<Outcome> of(Handle tx, List<Outcome> outcomes, List<Signal> signals) {
    List<Outcome> derived = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome.asksDependencies()) {
        Optional<List<ProbeResult>> report = outcome.observation().measurements().dependencies();
        List<Child> children = children(tx, outcome.serviceId());
        derived.addAll(
            report.isPresent()
                ? reported(tx, outcome, children, DependencyReport.named(report.get()), signals)
                : unknown(outcome, children));
      }
    }
    return derived;
  }

  /// Retires all children of a service that is no longer checked.
  ///
  /// @return the end of the state of those that were down
  static List<Signal> retireAll(Handle tx, long parent, Instant now) {
    return retire(tx, children(tx, parent).stream().filter(child -> !child.retired()), now);
  }

  private static List<Signal> retire(Handle tx, Stream<Child> children, Instant now) {
    List<Signal> signals = new ArrayList<>();
    children.forEach(
        child -> {
          signals.addAll(StreakStore.remove(tx, child.id(), now));
          tx.createUpdate(RETIRE).bind("at", now.toEpochMilli()).bind("id", child.id()).execute();
        });
    return signals;
  }

  /// Call this after a change of the parent. Its children are retired if it is no longer a
  /// `/_health` or has another name; the next report then adds them under the new name.
  ///
  /// @return the end of the state of those that were down
  static List<Signal> changed(Handle tx, long parent, ServiceDefinition definition, Instant now) {
    String prefix = DependencyReport.name(definition.name(), "");
    boolean other = !DependencyReport.isReadFrom(definition.url());
    List<Signal> signals =
        retire(
            tx,
            children(tx, parent).stream()
                .filter(child -> !child.retired())
                .filter(child -> other || !child.name().startsWith(prefix)),
            now);
    tx.createUpdate("UPDATE service SET url = :url WHERE parent_id = :parent AND url <> :url")
        .bind("url", definition.shownUrl())
        .bind("parent", parent)
        .execute();
    return signals;
  }

  private static List<Child> children(Handle tx, long parent) {
    return Rows.read(
        tx,
        CHILDREN,
        parent,
        (row, id) -> row.setLong(1, id),
        row ->
            new Child(
                row.getLong("id"),
                row.getString("name"),
                row.getString("part"),
                row.getInt("missed"),
                row.getObject("retired_at") != null,
                Optional.ofNullable(row.getString("event")).map(Event.Kind.CODEC::ofWord),
                StreakStore.streak(row)));
  }

  private static List<Outcome> unknown(Outcome parent, List<Child> children) {
    Observation seen = parent.observation();
    Observation unknown =
        new Observation.Unknown(
            seen.at(),
            seen.response(),
            Measurements.NOTHING,
            "no report: " + seen.why().orElse(""));
    return children.stream()
        .filter(child -> !child.retired())
        .map(child -> outcome(parent, child, unknown))
        .toList();
  }

  private static List<Outcome> reported(
      Handle tx,
      Outcome parent,
      List<Child> children,
      Map<String, ProbeResult> report,
      List<Signal> signals) {
    Instant at = parent.observation().at();
    Map<String, ProbeResult> left = new LinkedHashMap<>(report);
    List<Outcome> outcomes = new ArrayList<>();
    for (Child child : children) {
      ProbeResult found = left.get(child.part());
      if (found == null) {
        miss(tx, child, at, signals);
      } else if (!child.retired()) {
        left.remove(child.part());
        if (child.missed() > 0) {
          tx.createUpdate("UPDATE service SET missed = 0 WHERE id = :id")
              .bind("id", child.id())
              .execute();
        }
        outcomes.add(outcome(parent, child, DependencyReport.observation(at, found)));
      }
    }
    for (ProbeResult found : left.values()) {
      begin(tx, parent.serviceId(), found.name(), at)
          .ifPresent(
              id ->
                  outcomes.add(
                      outcome(
                          parent, child(id, children), DependencyReport.observation(at, found))));
    }
    return outcomes;
  }

  /// The child that was retired before, or a new one. Its open event, if any, is known when it
  /// ends.
  private static Child child(long id, List<Child> children) {
    return children.stream()
        .filter(child -> child.id() == id)
        .findFirst()
        .orElse(new Child(id, "", "", 0, false, Optional.empty(), Streak.NONE));
  }

  private static void miss(Handle tx, Child child, Instant at, List<Signal> signals) {
    if (child.retired()) {
      return;
    }
    if (child.missed() + 1 < DependencyReport.PATIENCE) {
      tx.createUpdate("UPDATE service SET missed = missed + 1 WHERE id = :id")
          .bind("id", child.id())
          .execute();
    } else {
      signals.addAll(retire(tx, Stream.of(child), at));
    }
  }

  /// Empty if the name belongs to another service.
  private static Optional<Long> begin(Handle tx, long parent, String part, Instant at) {
    Optional<String> of =
        tx.createQuery("SELECT name FROM service WHERE id = :id")
            .bind("id", parent)
            .mapTo(String.class)
            .findOne();
    Optional<Long> id =
        tx.createQuery(INSERT)
            .bind("name", DependencyReport.name(of.orElse(""), part))
            .bind("at", at.toEpochMilli())
            .bind("parent", parent)
            .bind("part", part)
            .mapTo(Long.class)
            .findOne();
    id.ifPresent(made -> MetricStore.begin(tx, made));
    return id;
  }

  private static Outcome outcome(Outcome parent, Child child, Observation observation) {
    Streak row = parent.inARow() ? child.streak() : child.streak().anew();
    Streak streak = row.after(observation, Confirmation.DEFAULT);
    return new Outcome(
        child.id(),
        0,
        observation,
        Evaluator.evaluate(child.open(), observation),
        parent.inARow(),
        false,
        Optional.empty(),
        streak.equals(child.streak()) ? Optional.empty() : Optional.of(streak),
        Optional.empty());
  }
}
