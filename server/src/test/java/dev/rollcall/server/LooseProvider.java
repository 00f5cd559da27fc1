package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A provider that signs whatever a test wants, and misbehaves in other ways.
final class LooseProvider implements AutoCloseable {
  static final String CLIENT = "rollcall";
  static final String SECRET = "a-secret-of-32-characters-or-more";

  /// How a token is signed.
  enum Signature {
    RIGHT,
    /// With a key that it does not publish.
    UNKNOWN_KEY,
    /// With another key, under the id of the published one.
    WRONG_KEY,
    /// With the secret of the client.
    SECRET,
    /// With the public key as a secret.
    PUBLIC_KEY,
    NONE
  }

  /// What it does with whoever asks.
  enum Manner {
    ANSWERS,
    HANGS,
    /// Sends without an end.
    HUGE,
    REDIRECTS,
    FAILS
  }

  private final RSAKey key = key("one");
  private final RSAKey other = key("two");
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger fetchedKeys = new AtomicInteger();
  private final HttpServer server;

  private volatile Manner manner = Manner.ANSWERS;
  private volatile Signature signature = Signature.RIGHT;
  private volatile Consumer<JWTClaimsSet.Builder> claims = _ -> {};
  private volatile String nonce = "";
  private volatile String userInfo = "{}";

  LooseProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private static RSAKey key(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Its next ID token is one of a user whose address is `loose@example.org`, for a sign-in with
  /// this nonce, but for these changes.
  void says(String nonce, Signature signature, Consumer<JWTClaimsSet.Builder> claims) {
    this.nonce = nonce;
    this.signature = signature;
    this.claims = claims;
  }

  void userInfo(String json) {
    userInfo = json;
  }

  void is(Manner manner) {
    this.manner = manner;
  }

  /// How often somebody has asked for its keys.
  int fetchedKeys() {
    return fetchedKeys.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (manner) {
        case ANSWERS -> send(exchange, 200, body(exchange.getRequestURI().getPath()));
        case HANGS -> closed.await(Duration.ofHours(1).toMillis(), TimeUnit.MILLISECONDS);
        case HUGE -> flood(exchange);
        case REDIRECTS -> {
          exchange.getResponseHeaders().set("Location", issuer() + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        }
        case FAILS -> send(exchange, 500, "{}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void flood(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] much = " ".repeat(64 * 1024).getBytes(UTF_8);
    OutputStream out = exchange.getResponseBody();
    for (int i = 0; i < 16 * 1024; i++) { // a GiB, unless the other end has enough before
      out.write(much);
    }
  }

  private String body(String path) {
    return switch (path) {
      case "/.well-known/openid-configuration" ->
          """
          {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
           "jwks_uri":"%1$s/keys","userinfo_endpoint":"%1$s/userinfo",
           "response_types_supported":["code"],"subject_types_supported":["public"],
           "id_token_signing_alg_values_supported":["RS256","HS256","none"]}
          """
              .formatted(issuer());
      case "/keys" -> {
        fetchedKeys.incrementAndGet();
        yield new JWKSet(key.toPublicJWK()).toString();
      }
      case "/userinfo" -> userInfo;
      default ->
          "{\"access_token\":\"an-access-token\",\"token_type\":\"Bearer\",\"id_token\":\"%s\"}"
              .formatted(token().serialize());
    };
  }

  private JWT token() {
    Instant now = Instant.now();
    JWTClaimsSet.Builder made =
        new JWTClaimsSet.Builder()
            .issuer(issuer())
            .subject("loose")
            .audience(CLIENT)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusSeconds(300)))
            .claim("nonce", nonce)
            .claim("email", "loose@example.org")
            .claim("email_verified", true);
    claims.accept(made);
    try {
      return signed(made.build());
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private JWT signed(JWTClaimsSet set) throws JOSEException {
    if (signature == Signature.NONE) {
      return new PlainJWT(set);
    }
    boolean secret = signature == Signature.SECRET || signature == Signature.PUBLIC_KEY;
    String id = signature == Signature.UNKNOWN_KEY ? other.getKeyID() : key.getKeyID();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(secret ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                .keyID(id)
                .build(),
            set);
    token.sign(
        switch (signature) {
          case SECRET -> new MACSigner(SECRET);
          case PUBLIC_KEY -> new MACSigner(key.toPublicKey().getEncoded());
          case UNKNOWN_KEY, WRONG_KEY -> new RSASSASigner(other);
          case RIGHT, NONE -> new RSASSASigner(key);
        });
    return token;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
