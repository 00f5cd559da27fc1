package dev.rollcall.probe;

/// Why a check failed, in one line for a person: what failed, where, and with which value. Never a
/// password or a token.
///
/// It is a value rather than an error, so it has no stack trace.
public final class ProbeFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /// Where the cause of the failure is.
  private enum Evidence {
    /// Our own side failed.
    HERE,
    /// The target did not react.
    SILENCE,
    /// The target reacted, but not as expected.
    ANSWER
  }

  private final Evidence evidence;

  /// The target is unhealthy, and there was no answer that would prove that it can be reached.
  public ProbeFailure(String reason) {
    this(reason, Evidence.SILENCE);
  }

  private ProbeFailure(String reason, Evidence evidence) {
    super(reason, null, false, false);
    this.evidence = evidence;
  }

  /// The target is unhealthy and has reacted: it refused or closed the connection, showed a wrong
  /// certificate, or sent a wrong answer.
  public static ProbeFailure answered(String reason) {
    return new ProbeFailure(reason, Evidence.ANSWER);
  }

  /// Our own side failed (no route from this machine, no file descriptor left): the state of the
  /// target is unknown.
  public static ProbeFailure here(String reason) {
    return new ProbeFailure(reason, Evidence.HERE);
  }

  /// What is reported of a check that threw `thrown`: itself, or its message in the words of the
  /// prober.
  public static ProbeFailure of(Throwable thrown) {
    return thrown instanceof ProbeFailure told ? told : new ProbeFailure(OneLine.why(thrown));
  }

  /// The one line.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// Whether the cause is on our own side, so that the target does not count as down.
  public boolean isHere() {
    return evidence == Evidence.HERE;
  }

  /// Whether the target reacted in any way. If it did not, the cause may be our own network.
  public boolean answered() {
    return evidence == Evidence.ANSWER;
  }
}
