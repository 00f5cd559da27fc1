package dev.rollcall.server.incident;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.Optional;

/// Something that is wrong, or was, long enough and certainly enough that somebody should know.
///
/// @param owner whose it is
/// @param subject what it is about, with its name when the incident opened; empty for one that a
///   person opened: it may be about several
/// @param title what a person calls it, or the name of the router that it is about; never empty for
///   one that a person opened
/// @param keys of the subject, when the incident opened; with several, what they have in common
/// @param cause why, in words
/// @param startedAt when it began: that is before it was confirmed
/// @param openedAt when it was confirmed
/// @param resolvedAt when it ended; empty while it is open
/// @param endCause why it ended although the subject is not as it should be: it was removed
/// @param lastHeard when the subject was last heard from before it opened
/// @param flapping whether it stays open while its subject goes from one state to the other
/// @param acknowledged who has seen it first; empty if nobody has
/// @param phase how far it is for the public; empty if it is not published
public record Incident(
    long id,
    long owner,
    Optional<Subject> subject,
    Optional<String> title,
    IncidentKind kind,
    AlertKeys keys,
    Optional<String> cause,
    Instant startedAt,
    Instant openedAt,
    Optional<Instant> resolvedAt,
    Optional<String> endCause,
    Instant lastHeard,
    boolean flapping,
    Optional<Acknowledgement> acknowledged,
    Optional<PublicPhase> phase) {
  /// Somebody has seen it.
  ///
  /// @param by who, as people read it
  public record Acknowledgement(String by, Instant at) {}

  /// What is wrong: the name of its subject; of one that a person opened, its title; of a place in
  /// the network both: `10.2.3.4 (r2.example.net)`.
  public String name() {
    String named = title.orElse("");
    return subject
        .map(one -> isPlace() && !named.isEmpty() ? one.name() + " (" + named + ")" : one.name())
        .orElse(named);
  }

  /// What it is called besides, if its name does not say so already.
  public Optional<String> subtitle() {
    return title.filter(_ -> subject.isPresent() && !isPlace());
  }

  private boolean isPlace() {
    return subject.filter(one -> one.type() == Subject.Type.NETWORK).isPresent();
  }

  /// How much it matters.
  public Severity severity() {
    return keys.severity();
  }

  /// Whether it has not ended.
  public boolean isOpen() {
    return resolvedAt.isEmpty();
  }
}
