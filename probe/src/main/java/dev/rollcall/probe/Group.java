package dev.rollcall.probe;

/// Who acts upon a probe besides people: the two questions that an orchestrator asks of an
/// application ([Kubernetes][1]).
///
/// [1]: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
public enum Group {
  /// Must the process be started anew? Nothing outside of the process belongs here: a database that
  /// is away comes back, and no start of its clients helps it.
  LIVENESS,
  /// May requests be sent to this process? What it cannot work without belongs here.
  READINESS
}
