package dev.rollcall.server.account.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.time.Clock;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// One provider of OpenID Connect: where it sends browsers, and who it says somebody is
/// (authorization code flow with PKCE). It is asked for the first time when somebody signs in.
/// Several threads may use it.
public final class Provider implements AutoCloseable {
  /// How long it is remembered what the provider says of itself.
  private static final Duration REMEMBERED = Duration.ofHours(1);

  /// How long it is not asked again after it did not answer.
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(3);

  /// More sign-ins at once would only wait for a provider that does not answer.
  private static final int MOST_AT_ONCE = 32;

  private static final int LONGEST = 200;

  private final ProviderSettings settings;
  private final Clock clock;
  private final ProviderClient client;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);

  private @Nullable Discovered discovered;
  private @Nullable ProviderFailure failure;
  private Duration asked = Duration.ZERO;

  public Provider(ProviderSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.client = new ProviderClient(settings.authorities());
  }

  /// How it is configured.
  public ProviderSettings settings() {
    return settings;
  }

  /// The URL at the provider that begins a sign-in.
  ///
  /// @param back where the provider sends the browser then
  public URI begin(BegunSignIn begun, URI back) throws ProviderFailure, InterruptedException {
    return placed(() -> asked(begun, back));
  }

  private URI asked(BegunSignIn begun, URI back) throws ProviderFailure, InterruptedException {
    return new AuthenticationRequest.Builder(
            new ResponseType(ResponseType.Value.CODE),
            new Scope(settings.scopes().toArray(String[]::new)),
            new ClientID(settings.clientId()),
            back)
        .endpointURI(discovered().authorization())
        .state(new State(begun.state()))
        .nonce(new Nonce(begun.nonce()))
        .codeChallenge(new CodeVerifier(begun.verifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /// Who has signed in at the provider, after it has sent the browser back.
  ///
  /// @param issuer the provider's name of itself in the URL, if there is one
  /// @param back as for [#begin]
  public Identity identity(String code, Optional<String> issuer, BegunSignIn begun, URI back)
      throws ProviderFailure, InterruptedException {
    return placed(() -> answered(code, issuer, begun, back));
  }

  private Identity answered(String code, Optional<String> issuer, BegunSignIn begun, URI back)
      throws ProviderFailure, InterruptedException {
    Discovered provider = discovered();
    String own = settings.issuer().toString();
    if (issuer.isPresent() ? !issuer.get().equals(own) : provider.namesIssuer()) {
      throw ProviderFailure.invalid("the browser comes back from another issuer, or from none");
    }
    OIDCTokens tokens = tokens(provider, code, begun, back);
    Map<String, Object> claims = new HashMap<>(claims(provider, tokens, begun));
    Optional<URI> userInfo = provider.userInfo().filter(_ -> isMore(claims));
    if (userInfo.isPresent()) {
      addUserInfo(userInfo.get(), tokens, claims);
    }
    return Claims.identity(claims, settings);
  }

  /// What asks the provider.
  private interface Asking<R> {
    R ask() throws ProviderFailure, InterruptedException;
  }

  private <R> R placed(Asking<R> asking) throws ProviderFailure, InterruptedException {
    if (!places.tryAcquire()) {
      throw ProviderFailure.unavailable(MOST_AT_ONCE + " sign-ins wait for it already");
    }
    try {
      return asking.ask();
    } finally {
      places.release();
    }
  }

  /// Whether the ID token lacks something that the user info may have.
  private boolean isMore(Map<String, Object> claims) {
    return !claims.containsKey(Claims.EMAIL)
        || (settings.rules().askForGroups()
            && Claims.find(claims, settings.groupsClaim()).isEmpty());
  }

  private OIDCTokens tokens(Discovered provider, String code, BegunSignIn begun, URI back)
      throws ProviderFailure, InterruptedException {
    HttpAnswer answer = client.send(question(provider, code, begun, back));
    try {
      if (answer.status() == 200) {
        HTTPResponse response = new HTTPResponse(answer.status());
        response.setContentType("application/json");
        response.setBody(answer.body());
        return OIDCTokenResponse.parse(response).getOIDCTokens();
      }
      String error = String.valueOf(json(answer.body()).get("error"));
      String reason =
          "its token endpoint answered status %d, error %s"
              .formatted(answer.status(), OneLine.of(error, LONGEST));
      throw error.equals("invalid_grant")
          ? ProviderFailure.invalid(reason)
          : ProviderFailure.unavailable(reason);
    } catch (ParseException e) {
      throw ProviderFailure.unavailable(
          "its token endpoint answered status %d and nothing that can be read"
              .formatted(answer.status()));
    }
  }

  private HttpQuestion question(Discovered provider, String code, BegunSignIn begun, URI back) {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code), back, new CodeVerifier(begun.verifier()));
    ClientID id = new ClientID(settings.clientId());
    HTTPRequest request =
        settings
            .secret()
            .map(secret -> new Secret(secret.reveal()))
            .<ClientAuthentication>map(
                secret ->
                    provider.basic()
                        ? new ClientSecretBasic(id, secret)
                        : new ClientSecretPost(id, secret))
            .map(shown -> new TokenRequest.Builder(provider.token(), shown, grant))
            .orElseGet(() -> new TokenRequest.Builder(provider.token(), id, grant))
            .build()
            .toHTTPRequest();
    HttpQuestion question =
        HttpQuestion.of(provider.token())
            .method("POST")
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(request.getBody());
    return Optional.ofNullable(request.getAuthorization())
        .map(authorization -> question.header("Authorization", authorization))
        .orElse(question);
  }

  private Map<String, Object> claims(Discovered provider, OIDCTokens tokens, BegunSignIn begun)
      throws ProviderFailure {
    if (!(tokens.getIDToken() instanceof SignedJWT token)) {
      throw ProviderFailure.invalid("its ID token is missing or not signed");
    }
    try {
      IDTokenClaimsSet checked = provider.tokens().validate(token, new Nonce(begun.nonce()));
      if (checked.getAuthorizedParty() != null
          && !checked.getAuthorizedParty().getValue().equals(settings.clientId())) {
        throw ProviderFailure.invalid("its ID token is for another client (azp)");
      }
      if (checked.getAccessTokenHash() != null) {
        AccessTokenValidator.validate(
            tokens.getAccessToken(),
            token.getHeader().getAlgorithm(),
            checked.getAccessTokenHash());
      }
      return token.getJWTClaimsSet().getClaims();
    } catch (BadJOSEException | InvalidHashException | java.text.ParseException e) {
      throw ProviderFailure.invalid(
          "its ID token is not valid: " + OneLine.of(String.valueOf(e.getMessage()), LONGEST));
    } catch (JOSEException e) {
      throw ProviderFailure.unavailable(
          "its keys cannot be read: " + OneLine.of(String.valueOf(e.getMessage()), LONGEST));
    }
  }

  /// Adds claims that the ID token does not have.
  private void addUserInfo(URI uri, OIDCTokens tokens, Map<String, Object> claims)
      throws ProviderFailure, InterruptedException {
    String text = client.get(uri, Optional.of(tokens.getAccessToken().getValue()));
    Map<String, Object> said;
    try {
      said = json(text);
    } catch (ParseException e) {
      throw ProviderFailure.unavailable("its user info is no JSON object");
    }
    if (!String.valueOf(claims.get(Claims.SUBJECT)).equals(said.get(Claims.SUBJECT))) {
      throw ProviderFailure.invalid("its user info is about somebody else than its ID token");
    }
    if (!claims.containsKey(Claims.EMAIL)) {
      claims.remove(Claims.VERIFIED); // of the same address only
    } else {
      said.remove(Claims.VERIFIED);
    }
    said.forEach(claims::putIfAbsent);
  }

  private static Map<String, Object> json(String text) throws ParseException {
    return JSONObjectUtils.parseKeepingOrder(text);
  }

  /// What the provider says of itself. While one thread asks, the others wait, and fail with it.
  private synchronized Discovered discovered() throws ProviderFailure, InterruptedException {
    Duration now = clock.monotonic();
    if (discovered != null && now.compareTo(asked.plus(REMEMBERED)) < 0) {
      return discovered;
    }
    if (failure != null && now.compareTo(asked.plus(AFTER_FAILURE)) < 0) {
      throw failure;
    }
    try {
      discovered = Discovered.by(settings, client);
      failure = null;
      return discovered;
    } catch (ProviderFailure e) {
      discovered = null;
      failure = e;
      throw e;
    } finally {
      asked = clock.monotonic();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
