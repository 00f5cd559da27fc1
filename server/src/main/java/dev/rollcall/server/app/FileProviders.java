package dev.rollcall.server.app;

import dev.rollcall.server.account.oidc.ProviderReader;
import dev.rollcall.server.account.oidc.ProviderSettings;
import dev.rollcall.server.account.sso.SsoSettings;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads the providers of single sign-on: the section `accounts.sso`, and the URL that they send
/// browsers back to.
final class FileProviders {
  /// The path of the section in mistakes.
  static final String PATH = "accounts.sso";

  private FileProviders() {}

  /// The providers without mistakes. Mistakes are added with their path: `accounts.sso[1].issuer`.
  static SsoSettings read(Values values, JsonNode section, Mistakes mistakes) {
    Optional<URI> url = values.of(WebSettings.PUBLIC_URL);
    if (section.isArray() && section.isEmpty()) {
      return new SsoSettings(url, List.of()); // most have none, and need not load what reads them
    }
    List<ProviderSettings> providers = ProviderReader.list(section, PATH, mistakes);
    if (!providers.isEmpty() && url.isEmpty()) {
      mistakes.add(
          PATH,
          "needs public-url: give the URL at which browsers reach the pages, as in public-url:"
              + " https://status.example.org");
    }
    return new SsoSettings(url, providers);
  }
}
