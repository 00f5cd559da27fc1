package dev.rollcall.server.account.factor;

import dev.rollcall.server.http.Json;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// What pages give to browsers, so that they ask the person for a passkey. It needs nothing of the
/// library that verifies passkeys.
public final class PasskeyOptions {
  private static final Duration TIME = Duration.ofMinutes(5);
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private PasskeyOptions() {}

  /// What a browser needs to register a passkey (`PublicKeyCredentialCreationOptionsJSON`).
  ///
  /// @param user the name of the account to its passkeys
  /// @param email of the account, which the browser shows
  /// @param known the passkeys that the account has
  public static String registration(
      byte[] challenge, String relyingParty, String user, String email, List<String> known) {
    return Json.text(
        json -> {
          json.writeStartObject()
              .writeStringProperty("challenge", ENCODER.encodeToString(challenge))
              .writeNumberProperty("timeout", TIME.toMillis())
              .writeStringProperty("attestation", "none");
          json.writeName("rp")
              .writeStartObject()
              .writeStringProperty("id", relyingParty)
              .writeStringProperty("name", "Rollcall")
              .writeEndObject();
          json.writeName("user")
              .writeStartObject()
              .writeStringProperty("id", user)
              .writeStringProperty("name", email)
              .writeStringProperty("displayName", email)
              .writeEndObject();
          json.writeName("pubKeyCredParams").writeStartArray();
          // numbers of IANA's registry: ES256, EdDSA, RS256
          for (int algorithm : new int[] {-7, -8, -257}) {
            json.writeStartObject()
                .writeStringProperty("type", "public-key")
                .writeNumberProperty("alg", algorithm)
                .writeEndObject();
          }
          json.writeEndArray();
          json.writeName("authenticatorSelection")
              .writeStartObject()
              .writeStringProperty("residentKey", "required")
              .writeBooleanProperty("requireResidentKey", true)
              .writeStringProperty("userVerification", "required")
              .writeEndObject();
          credentials(json, "excludeCredentials", known);
          json.writeEndObject();
        });
  }

  /// What a browser needs to sign in with a passkey (`PublicKeyCredentialRequestOptionsJSON`).
  ///
  /// @param known the passkeys of the account, if it is known; the browser offers no others
  public static String signIn(byte[] challenge, String relyingParty, List<String> known) {
    return Json.text(
        json -> {
          json.writeStartObject()
              .writeStringProperty("challenge", ENCODER.encodeToString(challenge))
              .writeNumberProperty("timeout", TIME.toMillis())
              .writeStringProperty("rpId", relyingParty)
              .writeStringProperty("userVerification", "required");
          credentials(json, "allowCredentials", known);
          json.writeEndObject();
        });
  }

  private static void credentials(JsonGenerator json, String name, List<String> ids) {
    json.writeName(name).writeStartArray();
    ids.forEach(
        id ->
            json.writeStartObject()
                .writeStringProperty("type", "public-key")
                .writeStringProperty("id", id)
                .writeEndObject());
    json.writeEndArray();
  }
}
