package dev.rollcall.probes;

/// The login of a probe.
///
/// @param user may be empty if the server uses only a password
/// @param password may be empty
public record Login(String user, String password) {
  /// Only the user.
  @Override
  public String toString() {
    return user + ":***";
  }
}
