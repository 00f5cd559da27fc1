package dev.rollcall.icmp;

/// Says in one line why nothing can be sent here, and what to do: no right to open a socket,
/// another system than Linux, no native access.
public final class IcmpUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With a message for the user.
  ///
  /// @param message what is missing, and the remedy
  public IcmpUnavailableException(String message) {
    super(message);
  }
}
