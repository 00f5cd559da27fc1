package dev.rollcall.server.account.sso;

import dev.rollcall.server.account.definition.AccountSettings.Registration;
import dev.rollcall.server.account.oidc.ProviderSettings;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// The settings of single sign-on, which change at once.
///
/// @param publicUrl where browsers find the pages; there is one if there are providers
public record SsoSettings(Optional<URI> publicUrl, List<ProviderSettings> providers) {
  /// No providers.
  public static final SsoSettings NONE = new SsoSettings(Optional.empty(), List.of());

  /// What is probably not meant, one line each.
  ///
  /// @param registration who may register
  public List<String> warnings(Registration registration) {
    return providers.stream()
        .filter(each -> registration == Registration.OPEN && each.isForEverybody())
        .map(
            each ->
                "accounts.sso: everybody who has an account at "
                    + each.issuer().getHost()
                    + " gets one here by "
                    + each.name()
                    + ": give allowed-domains, or close the registration")
        .toList();
  }

  /// Copies the list.
  public SsoSettings {
    providers = List.copyOf(providers);
  }
}
