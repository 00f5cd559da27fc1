package dev.rollcall.probes;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/// Keys and certificates made with the JDK's keytool in a folder of the test.
final class Certificates {
  private static final String PASSWORD = "password";

  private final Path folder;
  private final Path store;

  Certificates(Path folder) throws Exception {
    this.folder = folder;
    this.store = folder.resolve("keys.p12");
    keytool("ca", "-validity", "365", "-ext", "bc:c");
  }

  /// A certificate `alias` signed by the authority, from `start` (keytool's way: `-10d`) for
  /// `days`.
  void signed(String alias, String start, int days, String names) throws Exception {
    String length = Integer.toString(days);
    keytool(
        alias, "-signer", "ca", "-startdate", start, "-validity", length, "-ext", "san=" + names);
  }

  void selfSigned(String alias) throws Exception {
    keytool(alias, "-validity", "365", "-ext", "san=ip:127.0.0.1");
  }

  Path pem(String alias) {
    return folder.resolve(alias + ".pem");
  }

  /// The private key of `alias` as PEM.
  Path key(String alias) throws GeneralSecurityException, IOException {
    byte[] key = load().getKey(alias, PASSWORD.toCharArray()).getEncoded();
    return Files.writeString(
        folder.resolve(alias + ".key"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(key)));
  }

  /// A listening socket that shows the certificate `alias`; `strict` asks for one from the client.
  ServerSocket listen(String alias, boolean strict) throws GeneralSecurityException, IOException {
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    KeyStore all = load();
    one.setKeyEntry(
        alias,
        all.getKey(alias, PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        all.getCertificateChain(alias));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(one, PASSWORD.toCharArray());
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry("ca", all.getCertificate("ca"));
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

  /// Another certificate of the key and name of `alias`, signed by `signer`, from `start` for
  /// `days`, as an authority's.
  X509Certificate crossSigned(String alias, String signer, String start, int days)
      throws Exception {
    Path request = folder.resolve(alias + ".csr");
    Path made = folder.resolve(alias + "-by-" + signer + ".pem");
    run("-certreq", "-alias", alias, "-file", request.toString());
    run(
        "-gencert",
        "-alias",
        signer,
        "-infile",
        request.toString(),
        "-outfile",
        made.toString(),
        "-startdate",
        start,
        "-validity",
        Integer.toString(days),
        "-ext",
        "bc:c",
        "-rfc");
    try (InputStream in = Files.newInputStream(made)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /// An authority that nobody signed, from `start` for `days`.
  void authority(String alias, String start, int days) throws Exception {
    String length = Integer.toString(days);
    keytool(alias, "-startdate", start, "-validity", length, "-ext", "bc:c");
  }

  /// A certificate `alias` signed by `signer`.
  void signedBy(String signer, String alias, String start, int days, String... extensions)
      throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-signer", signer, "-startdate", start));
    arguments.addAll(List.of("-validity", Integer.toString(days)));
    for (String extension : extensions) {
      arguments.addAll(List.of("-ext", extension));
    }
    keytool(alias, arguments.toArray(String[]::new));
  }

  /// A certificate `alias` for 127.0.0.1, which may be an authority's, signed by `signer`.
  ///
  /// @param more of keytool: `-keyalg`, `-sigalg`
  void signedBy(String signer, String alias, String start, int days, List<String> more)
      throws Exception {
    List<String> arguments = new ArrayList<>(more);
    arguments.addAll(List.of("-signer", signer, "-startdate", start));
    arguments.addAll(List.of("-validity", Integer.toString(days)));
    arguments.addAll(List.of("-ext", "san=ip:127.0.0.1", "-ext", "bc:c"));
    keytool(alias, arguments.toArray(String[]::new));
  }

  X509Certificate certificate(String alias) throws GeneralSecurityException, IOException {
    return (X509Certificate) load().getCertificate(alias);
  }

  /// A listening socket that shows the chain and the key that `choice` gives for the server name
  /// that was asked for, empty where none was.
  ServerSocket listen(Choice choice) throws GeneralSecurityException, IOException {
    KeyStore all = load();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new Chosen(choice, all)}, null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
  }

  /// What a server shows: the alias whose key it has, and the certificates it sends.
  record Shown(String alias, List<X509Certificate> chain) {}

  interface Choice {
    Shown of(String serverName);
  }

  private static final class Chosen extends X509ExtendedKeyManager {
    private final Choice choice;
    private final KeyStore keys;

    Chosen(Choice choice, KeyStore keys) {
      this.choice = choice;
      this.keys = keys;
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
      try {
        return (PrivateKey) keys.getKey(shown(alias).alias(), PASSWORD.toCharArray());
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
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

  private KeyStore load() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private void keytool(String alias, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias));
    command.addAll(List.of("-keyalg", "EC"));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
    Files.writeString(
        pem(alias),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder().encodeToString(load().getCertificate(alias).getEncoded())));
  }

  private void run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }
}
