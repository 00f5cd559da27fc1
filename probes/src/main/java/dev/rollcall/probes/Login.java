package dev.rollcall.probes;

/// Who a probe logs in as.
///
/// @param user may be empty where a server knows passwords alone
/// @param password may be empty
public record Login(String user, String password) {
  /// The user alone.
  @Override
  public String toString() {
    return user + ":***";
  }
}
