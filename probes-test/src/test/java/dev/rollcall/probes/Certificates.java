package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/// Keys and certificates, each known by an alias, which is also the name that it is made out to.
/// They are made here, as a process of keytool for each took more time than the tests.
final class Certificates {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";

  private final Path folder;
  private final Map<String, Made> made = new HashMap<>();

  /// @param chain the certificate, and those above it
  private record Made(KeyPair keys, List<X509Certificate> chain) {
    X509Certificate certificate() {
      return chain.getFirst();
    }
  }

  /// Which keys a certificate is for, and how its signer signs it.
  enum Kind {
    EC,
    EC_BY_SHA1,
    RSA_1024
  }

  Certificates(Path folder) throws Exception {
    this.folder = folder;
    make("ca", "ca", 0, 365, Kind.EC, signsOthers());
  }

  /// A certificate `alias` signed by the authority, for `days` that begin in `start` days.
  ///
  /// @param names such as `dns:good.example,ip:127.0.0.1`
  void signed(String alias, int start, int days, String names) throws Exception {
    make("ca", alias, start, days, Kind.EC, names(names));
  }

  void selfSigned(String alias) throws Exception {
    make(alias, alias, 0, 365, Kind.EC, names("ip:127.0.0.1"));
  }

  /// An authority that nobody signed.
  void authority(String alias, int start, int days) throws Exception {
    make(alias, alias, start, days, Kind.EC, signsOthers());
  }

  /// A certificate `alias` signed by `signer`.
  void signedBy(String signer, String alias, int start, int days, byte[]... extensions)
      throws Exception {
    make(signer, alias, start, days, Kind.EC, extensions);
  }

  /// A certificate `alias` for 127.0.0.1, which may be an authority's, signed by `signer`.
  void signedBy(String signer, String alias, Kind kind) throws Exception {
    make(signer, alias, -1, 30, kind, names("ip:127.0.0.1"), signsOthers());
  }

  /// Another certificate of the key and name of `alias`, signed by `signer`, as an authority's.
  X509Certificate crossSigned(String alias, String signer, int start, int days) throws Exception {
    return certificate(signer, alias, made(alias).keys(), start, days, Kind.EC, signsOthers());
  }

  /// It may sign others.
  static byte[] signsOthers() {
    return extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.yes()));
  }

  /// It may sign others, which may not.
  static byte[] signsLeaves() {
    return extension(
        BASIC_CONSTRAINTS, false, Der.sequence(Der.yes(), Der.number(BigInteger.ZERO)));
  }

  /// It may not sign others.
  static byte[] signsNone() {
    return extension(BASIC_CONSTRAINTS, false, Der.sequence());
  }

  /// What it is made out to.
  ///
  /// @param names such as `dns:good.example,ip:127.0.0.1`
  static byte[] names(String names) {
    List<byte[]> all = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      String rest = name.substring(name.indexOf(':') + 1);
      all.add(
          name.startsWith("ip:")
              ? Der.of(0x87, InetAddress.ofLiteral(rest).getAddress())
              : Der.of(0x82, rest.getBytes(US_ASCII)));
    }
    return extension("2.5.29.17", false, Der.sequence(all.toArray(byte[][]::new)));
  }

  /// @param critical whether who does not understand it must not believe the certificate
  static byte[] extension(String id, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.id(id), Der.yes(), Der.octets(value))
        : Der.sequence(Der.id(id), Der.octets(value));
  }

  private void make(
      String signer, String alias, int start, int days, Kind kind, byte[]... extensions)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind == Kind.RSA_1024 ? "RSA" : "EC");
    generator.initialize(kind == Kind.RSA_1024 ? 1024 : 256);
    KeyPair keys = generator.generateKeyPair();
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(certificate(signer, alias, keys, start, days, kind, extensions));
    if (!signer.equals(alias)) {
      chain.addAll(made(signer).chain());
    }
    made.put(alias, new Made(keys, chain));
    Files.writeString(
        pem(alias),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(chain.getFirst().getEncoded())));
  }

  /// A certificate as RFC 5280 describes it.
  private X509Certificate certificate(
      String signer,
      String alias,
      KeyPair keys,
      int start,
      int days,
      Kind kind,
      byte[]... extensions)
      throws Exception {
    KeyPair signing = signer.equals(alias) ? keys : made(signer).keys();
    String algorithm = algorithm(signing, kind);
    Instant from = Instant.now().plus(start, ChronoUnit.DAYS);
    List<byte[]> all = new ArrayList<>(List.of(extensions));
    all.add(extension("2.5.29.14", false, Der.octets(keyId(keys))));
    all.add(extension("2.5.29.35", false, Der.sequence(Der.of(0x80, keyId(signing)))));
    byte[] content =
        Der.sequence(
            Der.of(0xa0, Der.number(BigInteger.TWO)), // version 3
            Der.number(new BigInteger(63, RANDOM).add(BigInteger.ONE)),
            id(algorithm),
            name(signer),
            Der.sequence(Der.time(from), Der.time(from.plus(days, ChronoUnit.DAYS))),
            name(alias),
            keys.getPublic().getEncoded(),
            Der.of(0xa3, Der.sequence(all.toArray(byte[][]::new))));
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(signing.getPrivate());
    signature.update(content);
    byte[] whole = Der.sequence(content, id(algorithm), Der.bits(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static String algorithm(KeyPair signing, Kind kind) {
    if (signing.getPrivate().getAlgorithm().equals("RSA")) {
      return "SHA256withRSA";
    }
    return kind == Kind.EC_BY_SHA1 ? "SHA1withECDSA" : "SHA256withECDSA";
  }

  private static byte[] id(String algorithm) {
    return switch (algorithm) {
      case "SHA256withRSA" -> Der.sequence(Der.id("1.2.840.113549.1.1.11"), Der.nothing());
      case "SHA1withECDSA" -> Der.sequence(Der.id("1.2.840.10045.4.1"));
      case "SHA256withECDSA" -> Der.sequence(Der.id("1.2.840.10045.4.3.2"));
      default -> throw new IllegalArgumentException(algorithm);
    };
  }

  /// `CN=` and the alias.
  private static byte[] name(String alias) {
    return Der.sequence(Der.set(Der.sequence(Der.id("2.5.4.3"), Der.text(alias))));
  }

  /// By which a certificate says whose key signed it.
  private static byte[] keyId(KeyPair keys) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(keys.getPublic().getEncoded());
  }

  private Made made(String alias) {
    return Objects.requireNonNull(made.get(alias), alias);
  }

  X509Certificate certificate(String alias) {
    return made(alias).certificate();
  }

  Path pem(String alias) {
    return folder.resolve(alias + ".pem");
  }

  /// The private key of `alias` as PEM.
  Path key(String alias) throws IOException {
    return Files.writeString(
        folder.resolve(alias + ".key"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(made(alias).keys().getPrivate().getEncoded())));
  }

  /// A listening socket that shows the certificate `alias`; `strict` asks for one from the client.
  ServerSocket listen(String alias, boolean strict) throws GeneralSecurityException, IOException {
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    one.setKeyEntry(
        alias,
        made(alias).keys().getPrivate(),
        PASSWORD,
        made(alias).chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(one, PASSWORD);
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry("ca", certificate("ca"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
    socket.setNeedClientAuth(strict);
    return socket;
  }

  /// A listening socket that shows the chain and the key that `choice` gives for the server name
  /// that was asked for, empty where none was.
  ServerSocket listen(Choice choice) throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new Chosen(choice)}, null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
  }

  /// What a server shows: the alias whose key it has, and the certificates it sends.
  record Shown(String alias, List<X509Certificate> chain) {}

  interface Choice {
    Shown of(String serverName);
  }

  private final class Chosen extends X509ExtendedKeyManager {
    private final Choice choice;

    Chosen(Choice choice) {
      this.choice = choice;
    }

    /// The server name itself is the alias.
    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      ExtendedSSLSession session = (ExtendedSSLSession) ((SSLSocket) socket).getHandshakeSession();
      return session.getRequestedServerNames().stream()
          .map(name -> new String(name.getEncoded(), StandardCharsets.US_ASCII))
          .findFirst()
          .orElse("none");
    }

    private Shown shown(String alias) {
      return choice.of(alias.equals("none") ? "" : alias);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return shown(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return made(shown(alias).alias()).keys().getPrivate();
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      throw new UnsupportedOperationException();
    }
  }
}
