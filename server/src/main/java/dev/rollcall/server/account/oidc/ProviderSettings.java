package dev.rollcall.server.account.oidc;

import dev.rollcall.server.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A provider as the configuration file defines it, without mistakes.
///
/// @param name a segment of paths, different from those of the other providers
/// @param issuer as in its tokens, to the letter
/// @param secret of this client; without one it is a public client, which PKCE alone protects
/// @param scopes what is asked for, `openid` among them
/// @param groupsClaim the claim with somebody's groups; with dots, a claim within another
/// @param rules who may sign in, and as what
/// @param sessionLifetime how long a session lasts, and the role that a group gives
/// @param authorities a PEM file with the certificates to trust instead of those of the JDK
public record ProviderSettings(
    String name,
    URI issuer,
    String clientId,
    Optional<Secret> secret,
    List<String> scopes,
    String groupsClaim,
    Rules rules,
    Duration sessionLifetime,
    Optional<Path> authorities) {
  private static final Set<String> FOR_EVERYBODY = Set.of("accounts.google.com", "gitlab.com");

  /// Copies the list.
  public ProviderSettings {
    scopes = List.copyOf(scopes);
  }

  /// Who may sign in.
  ///
  /// @param allowedGroups empty: it does not matter in which group somebody is
  /// @param allowedDomains of e-mail addresses, in lower case; `*` is every domain; empty: the
  ///   address does not matter
  /// @param operatorGroups their members are operators; empty: the provider does not say who is
  /// @param unverifiedEmail whether addresses count that the provider has not verified
  public record Rules(
      Set<String> allowedGroups,
      Set<String> allowedDomains,
      Set<String> operatorGroups,
      boolean unverifiedEmail) {
    /// Copies the sets.
    public Rules {
      allowedGroups = Set.copyOf(allowedGroups);
      allowedDomains = Set.copyOf(allowedDomains);
      operatorGroups = Set.copyOf(operatorGroups);
    }

    /// Whether they say who may have an account. Otherwise `accounts.registration` does.
    public boolean decide() {
      return !allowedGroups.isEmpty() || !allowedDomains.isEmpty();
    }

    /// Whether groups matter.
    boolean askForGroups() {
      return !allowedGroups.isEmpty() || !operatorGroups.isEmpty();
    }
  }

  /// Whether everybody can have an account there, and the rules leave it to `accounts.registration`
  /// who gets one here.
  public boolean isForEverybody() {
    return !rules.decide() && FOR_EVERYBODY.contains(String.valueOf(issuer.getHost()));
  }

  @Override
  public String toString() {
    return name + " (" + issuer + ")"; // without secrets
  }
}
