package dev.rollcall.server.account.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.rollcall.server.config.OneLine;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a provider says of itself (OpenID Connect Discovery 1.0), and its keys.
///
/// @param basic whether the client shows its secret in `Authorization`; otherwise in the body
/// @param namesIssuer whether it names itself when it sends a browser back (RFC 9207)
/// @param tokens checks ID tokens
record Discovered(
    URI authorization,
    URI token,
    Optional<URI> userInfo,
    boolean basic,
    boolean namesIssuer,
    IDTokenValidator tokens) {
  /// Signatures that only the provider can make. Those with the secret of the client (HS256) or
  /// without a key (none) are not among them (RFC 8725, 3.1).
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
  private static final int LONGEST = 200;
  private static final String DOCUMENT = "/.well-known/openid-configuration";

  /// How long keys are kept. A token with an unknown key has them fetched at once, twice in
  /// [#KEYS_AGAIN] at most.
  private static final Duration KEYS = Duration.ofMinutes(5);

  private static final Duration KEYS_AGAIN = Duration.ofSeconds(10);

  /// Asks the provider.
  static Discovered by(ProviderSettings settings, ProviderClient client)
      throws ProviderFailure, InterruptedException {
    String issuer = settings.issuer().toString();
    URI document = URI.create(issuer.replaceFirst("/+$", "") + DOCUMENT);
    String text = client.get(document, Optional.empty());
    try {
      OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(text);
      if (!metadata.getIssuer().getValue().equals(issuer)) {
        throw ProviderFailure.unavailable(
            "%s names the issuer %s: write that as issuer"
                .formatted(document, OneLine.of(metadata.getIssuer().getValue(), LONGEST)));
      }
      return new Discovered(
          safe("authorization_endpoint", metadata.getAuthorizationEndpointURI()),
          safe("token_endpoint", metadata.getTokenEndpointURI()),
          metadata.getUserInfoEndpointURI() == null
              ? Optional.empty()
              : Optional.of(safe("userinfo_endpoint", metadata.getUserInfoEndpointURI())),
          isBasic(metadata.getTokenEndpointAuthMethods()),
          metadata.supportsAuthorizationResponseIssuerParam(),
          validator(settings, client, safe("jwks_uri", metadata.getJWKSetURI())));
    } catch (ParseException e) {
      throw ProviderFailure.unavailable(
          document
              + " is no document of a provider: "
              + OneLine.of(String.valueOf(e.getMessage()), LONGEST));
    }
  }

  private static URI safe(String name, @Nullable URI uri) throws ProviderFailure {
    return Optional.ofNullable(uri)
        .flatMap(one -> Endpoints.url(one.toString()))
        .orElseThrow(() -> ProviderFailure.unavailable("its " + name + " is no https URL"));
  }

  /// Basic is what a provider supports that does not say what it supports.
  private static boolean isBasic(@Nullable List<ClientAuthenticationMethod> methods) {
    return methods == null || methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
  }

  private static IDTokenValidator validator(
      ProviderSettings settings, ProviderClient client, URI keys) throws ProviderFailure {
    IDTokenValidator validator =
        new IDTokenValidator(
            new Issuer(settings.issuer()),
            new ClientID(settings.clientId()),
            new JWSVerificationKeySelector<>(ALGORITHMS, keys(client, keys)),
            null);
    validator.setMaxClockSkew((int) CLOCK_SKEW.toSeconds());
    return validator;
  }

  private static JWKSource<SecurityContext> keys(ProviderClient client, URI uri)
      throws ProviderFailure {
    try {
      return JWKSourceBuilder.create(
              uri.toURL(), url -> document(client, URI.create(url.toString())))
          .cache(KEYS.toMillis(), ProviderClient.LONGEST.toMillis())
          .rateLimited(KEYS_AGAIN.toMillis())
          .refreshAheadCache(false)
          .build();
    } catch (MalformedURLException e) {
      throw ProviderFailure.unavailable("its jwks_uri is no https URL");
    }
  }

  private static Resource document(ProviderClient client, URI uri) throws IOException {
    try {
      return new Resource(client.get(uri, Optional.empty()), "application/json");
    } catch (ProviderFailure e) {
      throw new IOException(e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }
}
