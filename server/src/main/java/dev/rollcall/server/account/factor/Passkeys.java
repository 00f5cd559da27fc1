package dev.rollcall.server.account.factor;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import dev.rollcall.server.http.Refusal;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Registers and verifies passkeys (WebAuthn Level 3, 7.1 and 7.2). All of them are found by the
/// authenticator without the name of the account, and verify the person by PIN, finger or face: one
/// is two factors by itself.
///
/// What a browser sends is a JSON object (`PublicKeyCredential.toJSON()`) of somebody who may be
/// anybody. All mistakes are refusals.
public final class Passkeys {
  /// The longest JSON of a browser, in characters: an attestation with certificates has some
  /// thousand.
  private static final int LONGEST = 16_384;

  private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
      List.of(
          COSEAlgorithmIdentifier.ES256,
          COSEAlgorithmIdentifier.EdDSA,
          COSEAlgorithmIdentifier.RS256);

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final ObjectConverter converter = new ObjectConverter();
  private final AttestedCredentialDataConverter keys =
      new AttestedCredentialDataConverter(converter);
  private final WebAuthnManager webauthn =
      WebAuthnManager.createNonStrictWebAuthnManager(converter);

  /// A passkey that a browser shows, before it is verified.
  public static final class Shown {
    private final AuthenticationData data;

    private Shown(AuthenticationData data) {
      this.data = data;
    }

    /// The id of the passkey that it says it is.
    public String credential() {
      return ENCODER.encodeToString(data.getCredentialId());
    }

    /// The challenge that it says it signed.
    public byte[] challenge() {
      return Passkeys.challenge(data.getCollectedClientData());
    }

    /// The account that it says it belongs to; empty if it says none.
    public String userHandle() {
      byte[] handle = data.getUserHandle();
      return handle == null ? "" : ENCODER.encodeToString(handle);
    }
  }

  /// A passkey that a browser made, before it is verified.
  public static final class Made {
    private final RegistrationData data;

    private Made(RegistrationData data) {
      this.data = data;
    }

    /// The challenge that it says it answers.
    public byte[] challenge() {
      return Passkeys.challenge(data.getCollectedClientData());
    }
  }

  /// Reads what a browser sent after a registration.
  public Made made(String json) {
    return new Made(read(json, () -> webauthn.parseRegistrationResponseJSON(json)));
  }

  /// Reads what a browser sent to sign in.
  public Shown shown(String json) {
    return new Shown(read(json, () -> webauthn.parseAuthenticationResponseJSON(json)));
  }

  private static <R> R read(String json, Supplier<R> reading) {
    if (json.length() > LONGEST) {
      throw unreadable();
    }
    try {
      return reading.get();
    } catch (RuntimeException e) { // of the library, for whatever is wrong with the bytes
      throw unreadable();
    }
  }

  private static Refusal unreadable() {
    return Refusal.badRequest("what the browser sent is no passkey: try again");
  }

  private static byte[] challenge(CollectedClientData client) {
    return client.getChallenge().getValue();
  }

  /// Verifies a registration.
  ///
  /// @param challenge that it has to answer
  /// @param relyingParty the host for which it has to sign
  /// @param origins of the pages on which it may have been made
  public Passkey registered(Made made, byte[] challenge, String relyingParty, Set<String> origins) {
    RegistrationData data = made.data;
    RegistrationParameters parameters =
        new RegistrationParameters(
            server(origins, relyingParty, challenge),
            ALGORITHMS.stream()
                .map(
                    each ->
                        new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, each))
                .toList(),
            true,
            true);
    try {
      webauthn.verify(data, parameters);
      AuthenticatorData<?> authenticator =
          Objects.requireNonNull(data.getAttestationObject()).getAuthenticatorData();
      AttestedCredentialData credential =
          Objects.requireNonNull(authenticator.getAttestedCredentialData());
      return new Passkey(
          ENCODER.encodeToString(credential.getCredentialId()),
          ENCODER.encodeToString(keys.convert(credential)),
          Objects.requireNonNull(data.getCollectedClientData()).getOrigin().toString(),
          authenticator.getSignCount(),
          authenticator.isFlagBE());
    } catch (RuntimeException e) { // as above
      throw Refusal.badRequest("the passkey was not accepted: " + reason(e));
    }
  }

  /// Verifies a sign-in.
  ///
  /// @param challenge that it has to sign
  /// @param origins of the pages on which it may be used
  /// @return its counter
  /// @throws CounterWentBack if it has counted this use before
  public long verified(Shown shown, Passkey known, byte[] challenge, Set<String> origins)
      throws CounterWentBack {
    try {
      webauthn.verify(
          shown.data,
          new AuthenticationParameters(
              server(origins, known.relyingParty(), challenge), record(known), null, true, true));
      return Objects.requireNonNull(shown.data.getAuthenticatorData()).getSignCount();
    } catch (MaliciousCounterValueException e) {
      throw new CounterWentBack();
    } catch (RuntimeException e) { // as above
      throw Refusal.of(401, "the passkey was not accepted: " + reason(e));
    }
  }

  /// A passkey counts its uses, and has shown a number that it had shown before: there may be two
  /// of it (WebAuthn, 6.1.1).
  public static final class CounterWentBack extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private CredentialRecord record(Passkey known) {
    return new CredentialRecordImpl(
        new NoneAttestationStatement(),
        true,
        known.backupEligible(),
        null,
        known.counter(),
        keys.convert(Base64.getUrlDecoder().decode(known.key())),
        null,
        null,
        null,
        null);
  }

  private static ServerProperty server(Set<String> origins, String relyingParty, byte[] challenge) {
    return ServerProperty.builder()
        .origins(origins.stream().map(Origin::create).collect(Collectors.toSet()))
        .rpId(relyingParty)
        .challenge(new DefaultChallenge(challenge))
        .build();
  }

  /// What did not fit, in the words of the standard: `BadOrigin`.
  private static String reason(RuntimeException e) {
    return e.getClass().getSimpleName().replaceFirst("Exception$", "");
  }
}
