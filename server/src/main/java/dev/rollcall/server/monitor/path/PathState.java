package dev.rollcall.server.monitor.path;

import java.util.Optional;

/// What is known of a path, and what traces in a row have shown instead.
///
/// A trace that shows something else is followed by others at once. If one of them shows the known
/// path again, packets take both ways in turns: that is a path with several links (ECMP), and no
/// change. If [#TRACES] in a row do not, the path has changed.
///
/// | known | trace | traces before that differed | step |
/// | --- | --- | --- | --- |
/// | none | any | | begun |
/// | some | without an answer | any | same |
/// | some | agrees, nothing new | none | same |
/// | some | agrees | one or two | grown by these |
/// | some | agrees, with addresses that are new | none | grown |
/// | some | differs | none or one | again |
/// | some | differs | two | changed |
///
/// @param known the present path, if there is one
/// @param other what the traces before showed instead, together
/// @param times how many these are
public record PathState(Optional<Path> known, Optional<Path> other, int times) {
  /// How many traces in a row have to differ.
  public static final int TRACES = 3;

  /// What follows from a trace.
  public sealed interface Step {
    /// Nothing.
    record Same() implements Step {}

    /// This is the first path that is known.
    record Begun(Path path) implements Step {}

    /// The path is the same and has more addresses.
    record Grown(Path path) implements Step {}

    /// It has to be traced again, in this state.
    record Again(PathState state) implements Step {}

    /// The path is another one.
    ///
    /// @param ttl the first TTL at which it differs
    record Changed(Path path, int ttl) implements Step {}
  }

  /// The state before the first of several traces.
  public static PathState of(Optional<Path> known) {
    return new PathState(known, Optional.empty(), 0);
  }

  /// What follows from `traced`.
  public Step after(Path traced) {
    if (traced.isEmpty()) {
      return new Step.Same();
    }
    if (known.isEmpty()) {
      return new Step.Begun(traced);
    }
    Path present = known.get();
    Path instead = other.map(traced::and).orElse(traced);
    int ttl = present.differsFrom(traced);
    if (ttl == 0) {
      Path all = present.and(instead);
      return all.equals(present) ? new Step.Same() : new Step.Grown(all);
    }
    return times + 1 < TRACES
        ? new Step.Again(new PathState(known, Optional.of(instead), times + 1))
        : new Step.Changed(instead, ttl);
  }
}
