package dev.rollcall.probe;

/// Why a check failed, in one line for a person: what failed, where, and with which value. Never a
/// password or a token.
///
/// It is a value more than an error, so it carries no stack trace.
public final class ProbeFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean here;

  /// The thing asked is not well.
  public ProbeFailure(String reason) {
    this(reason, false);
  }

  private ProbeFailure(String reason, boolean here) {
    super(reason, null, false, false);
    this.here = here;
  }

  /// The asking side failed (no route from this machine, no file descriptor left): nothing is known
  /// about the thing asked.
  public static ProbeFailure here(String reason) {
    return new ProbeFailure(reason, true);
  }

  /// The one line.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// Whether the failure lies on the asking side, so that the thing asked must not be blamed.
  public boolean isHere() {
    return here;
  }
}
