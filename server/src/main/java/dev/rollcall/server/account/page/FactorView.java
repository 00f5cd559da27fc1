package dev.rollcall.server.account.page;

import dev.rollcall.server.account.factor.QrImage;
import dev.rollcall.server.account.store.FactorStore;
import java.util.List;
import java.util.Optional;

/// What the page of an account shows of its second factors.
///
/// @param demanded whether nothing else can be done until there is one
/// @param app whether there is an authenticator app
/// @param adding the app that is being added
/// @param codes the number of recovery codes that were not used
/// @param made recovery codes that were just made, which are shown once
/// @param registration what the browser needs to add a passkey; empty where there can be none
public record FactorView(
    boolean demanded,
    boolean app,
    Optional<Adding> adding,
    List<FactorStore.Stored> passkeys,
    int codes,
    List<String> made,
    Optional<String> registration) {
  /// An authenticator app that is being added.
  public record Adding(String secret, String uri, QrImage image) {}

  public FactorView {
    passkeys = List.copyOf(passkeys);
    made = List.copyOf(made);
  }

  /// Whether there is a factor.
  public boolean enrolled() {
    return app || !passkeys.isEmpty();
  }
}
