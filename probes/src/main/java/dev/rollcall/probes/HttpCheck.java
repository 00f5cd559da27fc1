package dev.rollcall.probes;

/// Checks an HTTP response whose status is as expected. It returns normally if the response is
/// right, and throws if not.
@FunctionalInterface
public interface HttpCheck {
  /// Checks `answer`.
  ///
  /// @throws dev.rollcall.probe.ProbeFailure with the reason, in one line for a person
  /// @throws Exception any other error; its message becomes part of the reason
  void look(HttpAnswer answer) throws Exception;
}
