package dev.rollcall.probe;

/// What a probe decides on, besides the report for people: the two questions of an orchestrator
/// ([Kubernetes][1]).
///
/// [1]: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
public enum Group {
  /// Must the process be restarted? Do not put anything outside of the process here: a restart does
  /// not repair a database.
  LIVENESS,
  /// May requests be sent to this process? Put everything here that the process cannot work
  /// without.
  READINESS
}
