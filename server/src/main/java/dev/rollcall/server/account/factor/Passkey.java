package dev.rollcall.server.account.factor;

import java.net.URI;

/// A passkey as it is known after its registration.
///
/// @param credential its id, in Base64url
/// @param key the attested credential data with its public key (WebAuthn, 6.5.1), in Base64url
/// @param origin the page it was registered on: `https://rollcall.example.org`
/// @param counter of its uses, if it counts them; 0 otherwise
/// @param backupEligible whether it can be on several devices
public record Passkey(
    String credential, String key, String origin, long counter, boolean backupEligible) {
  /// The name of the host for which it signs.
  String relyingParty() {
    return URI.create(origin).getHost();
  }
}
