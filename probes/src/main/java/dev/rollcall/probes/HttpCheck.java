package dev.rollcall.probes;

/// A look at an HTTP answer whose status is as expected: returns normally if all is well, and
/// throws if not.
@FunctionalInterface
public interface HttpCheck {
  /// Looks at `answer`.
  ///
  /// @throws dev.rollcall.probe.ProbeFailure with the reason in words for a person
  /// @throws Exception whatever else goes wrong: its message becomes part of the reason
  void look(HttpAnswer answer) throws Exception;
}
