package dev.rollcall.probe;

/// Why a check failed, in one line for a person: what failed, where, and with which value. Never a
/// password or a token.
///
/// It is a value more than an error, so it carries no stack trace.
public final class ProbeFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /// What the failure tells about where the fault lies.
  private enum Evidence {
    /// The asking side failed.
    HERE,
    /// Nothing was heard from the thing asked.
    SILENCE,
    /// The thing asked reacted, though not well.
    ANSWER
  }

  private final Evidence evidence;

  /// The thing asked is not well, and nothing was heard from it that would prove that it can be
  /// reached at all.
  public ProbeFailure(String reason) {
    this(reason, Evidence.SILENCE);
  }

  private ProbeFailure(String reason, Evidence evidence) {
    super(reason, null, false, false);
    this.evidence = evidence;
  }

  /// The thing asked is not well, and said so itself: it refused, broke off, showed a wrong
  /// certificate, sent a wrong answer.
  public static ProbeFailure answered(String reason) {
    return new ProbeFailure(reason, Evidence.ANSWER);
  }

  /// The asking side failed (no route from this machine, no file descriptor left): nothing is known
  /// about the thing asked.
  public static ProbeFailure here(String reason) {
    return new ProbeFailure(reason, Evidence.HERE);
  }

  /// The one line.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// Whether the failure lies on the asking side, so that the thing asked must not be blamed.
  public boolean isHere() {
    return evidence == Evidence.HERE;
  }

  /// Whether the thing asked reacted in some way. Where it did not, the asker's own network may be
  /// what is gone.
  public boolean answered() {
    return evidence == Evidence.ANSWER;
  }
}
