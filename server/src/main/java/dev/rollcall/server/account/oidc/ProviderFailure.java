package dev.rollcall.server.account.oidc;

/// A sign-in that could not end because of the provider, in one line for the log, without secrets.
public final class ProviderFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean silent;

  private ProviderFailure(String reason, boolean silent) {
    super(reason, null, false, false);
    this.silent = silent;
  }

  /// It cannot be asked, or what it answers cannot be used: trying again later may help.
  static ProviderFailure unavailable(String reason) {
    return new ProviderFailure(reason, true);
  }

  /// It has answered, but its answer does not show who somebody is.
  static ProviderFailure invalid(String reason) {
    return new ProviderFailure(reason, false);
  }

  /// Whether the provider does not work at present; otherwise this one sign-in is refused.
  public boolean isUnavailable() {
    return silent;
  }

  /// The one line.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
