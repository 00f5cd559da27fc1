package dev.rollcall.server.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A process, as its row says. All times are by the clock of the database.
///
/// @param id the owner of the due rows that it has claimed
/// @param name by which people know it
/// @param schema the newest script of the tables that it knows
/// @param url where it answers
/// @param runsChecks whether it claims due rows at all
/// @param seen its last sign of life
/// @param work what it was doing then
/// @param clockAhead how far the clock of its machine is ahead of the database's; negative: behind
/// @param left when it stopped by itself
/// @param takenOver what became of it if it fell silent
record Member(
    long id,
    String name,
    String version,
    int schema,
    String url,
    boolean runsChecks,
    Instant started,
    Instant seen,
    Work work,
    Duration clockAhead,
    Optional<Instant> left,
    Optional<TakenOver> takenOver) {
  /// Without a sign of life for so long, it is shown as silent.
  static final Duration SILENT = Duration.ofSeconds(3);

  /// The states in which a process can be.
  enum State {
    UP("up"),
    /// It gives no sign of life, but its share is not taken over yet.
    SILENT("silent"),
    STOPPED("stopped"),
    /// It fell silent, and others have taken its share over.
    TAKEN_OVER("taken over");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /// As the API says it.
    String word() {
      return word;
    }
  }

  /// How its share was taken over.
  ///
  /// @param at when it was found to be silent
  /// @param by the name of the process that found it
  /// @param rows how many rows that it had claimed became due again
  /// @param done whether these are all
  record TakenOver(Instant at, String by, long rows, boolean done) {}

  /// Whether it may still claim rows, as far as its row says.
  boolean isThere() {
    return left.isEmpty() && takenOver.isEmpty();
  }

  State state(Instant now) {
    if (left.isPresent()) {
      return State.STOPPED;
    }
    if (takenOver.isPresent()) {
      return State.TAKEN_OVER;
    }
    return seen.plus(SILENT).isBefore(now) ? State.SILENT : State.UP;
  }

  /// Since when it has been in its state.
  Instant since(Instant now) {
    return switch (state(now)) {
      case UP -> started;
      case SILENT -> seen;
      case STOPPED -> left.orElseThrow();
      case TAKEN_OVER -> takenOver.orElseThrow().at();
    };
  }
}
