package dev.rollcall.server.account.sso;

import java.util.List;

/// What the page of an account shows of single sign-on.
///
/// @param password whether the account can sign in with a password
/// @param providers the names of those that it can be connected with
public record SsoView(boolean password, List<String> providers, List<Connected> connected) {
  /// A provider that the account can sign in with.
  ///
  /// @param provider its name
  /// @param email the address there; may be empty
  public record Connected(long id, String provider, String email) {}

  /// Copies the lists.
  public SsoView {
    providers = List.copyOf(providers);
    connected = List.copyOf(connected);
  }

  /// Whether there is something to show.
  public boolean isEmpty() {
    return providers.isEmpty() && connected.isEmpty();
  }

  /// Whether a connection may be taken away.
  public boolean isOneToSpare() {
    return password || connected.size() > 1;
  }
}
