package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// One SSLContext for each distinct [TlsOptions], made when first needed, and again when a file
/// that the options name has changed: certificates are renewed while the program runs.
///
/// Sessions are not resumed: a resumed session shows no certificate, so that a renewed or expired
/// one would go unnoticed for a day, and thousands of kept sessions would cost their chains'
/// memory.
final class TlsContexts {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
  private static final char[] NO_PASSWORD = {};
  private static final String NO_CERTIFICATE =
      "no certificate in it (BEGIN CERTIFICATE): name a PEM file that has one";

  private final Map<TlsOptions, Made> contexts = new ConcurrentHashMap<>();

  /// @param files how the files were when it was made
  private record Made(SSLContext context, List<Version> files) {}

  /// What tells one content of a file from the next without reading it.
  private record Version(Path file, FileTime changed, long size) {}

  /// A file of the options that cannot be used.
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient TlsOptions.Wrong wrong;

    Unusable(String key, Path file, String what) {
      super(what, null, false, false);
      this.wrong = new TlsOptions.Wrong(key, file, what);
    }

    Unusable(String key, Path file, IOException e) {
      this(
          key,
          file,
          switch (e) {
            case NoSuchFileException gone -> "no such file";
            case AccessDeniedException denied -> "no permission to read it";
            default -> "cannot be read: " + Failures.message(e);
          });
    }

    ProbeFailure failure() {
      return ProbeFailure.here("tls.%s %s: %s".formatted(wrong.key(), wrong.file(), wrong.what()));
    }
  }

  /// The context for `options`.
  ///
  /// @throws ProbeFailure on the asking side, if a file cannot be used
  SSLContext of(TlsOptions options) throws ProbeFailure {
    TlsOptions key = options.contextKey();
    try {
      List<Version> files = files(key);
      Made known = contexts.get(key);
      if (known == null || !known.files().equals(files)) {
        known = new Made(make(key), files);
        contexts.put(key, known);
      }
      return known.context();
    } catch (Unusable e) {
      throw e.failure();
    } catch (GeneralSecurityException | IOException e) {
      throw ProbeFailure.here("TLS: settings cannot be used: " + Failures.message(e));
    }
  }

  /// Which file of `options` cannot be used, and why, if there is one.
  static Optional<TlsOptions.Wrong> wrong(TlsOptions options) {
    try {
      files(options);
      if (options.authorities().isPresent()) {
        certificates("ca", options.authorities().get());
      }
      identity(options);
      return Optional.empty();
    } catch (Unusable e) {
      return Optional.of(e.wrong);
    } catch (GeneralSecurityException | IOException e) {
      Path file =
          options.identity().map(TlsOptions.Identity::key).or(options::authorities).orElseThrow();
      return Optional.of(
          new TlsOptions.Wrong(
              options.identity().isPresent() ? "key" : "ca",
              file,
              "cannot be used: " + Failures.message(e)));
    }
  }

  /// Looked at before they are read: what changes meanwhile is read again.
  private static List<Version> files(TlsOptions options) throws Unusable {
    if (options.authorities().isEmpty() && options.identity().isEmpty()) {
      return List.of();
    }
    Map<String, Path> named = new LinkedHashMap<>();
    options.authorities().ifPresent(file -> named.put("ca", file));
    options.identity().ifPresent(identity -> named.put("cert", identity.certificate()));
    options.identity().ifPresent(identity -> named.put("key", identity.key()));
    List<Version> files = new ArrayList<>();
    for (Map.Entry<String, Path> each : named.entrySet()) {
      Path file = each.getValue();
      try {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        files.add(new Version(file, found.lastModifiedTime(), found.size()));
      } catch (IOException e) {
        throw new Unusable(each.getKey(), file, e);
      }
    }
    return files;
  }

  private static SSLContext make(TlsOptions options)
      throws GeneralSecurityException, IOException, Unusable {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity(options), trust(options), null);
    context.getClientSessionContext().setSessionCacheSize(1);
    context.getClientSessionContext().setSessionTimeout(1);
    return context;
  }

  private static KeyManager[] identity(TlsOptions options)
      throws GeneralSecurityException, IOException, Unusable {
    if (options.identity().isEmpty()) {
      return new KeyManager[0];
    }
    TlsOptions.Identity identity = options.identity().get();
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        privateKey(identity.key()),
        NO_PASSWORD,
        certificates("cert", identity.certificate()).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trust(TlsOptions options)
      throws GeneralSecurityException, IOException, Unusable {
    if (!options.verify()) {
      return new TrustManager[] {CertificateWatch.acceptingAll()};
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    if (options.authorities().isEmpty()) {
      factory.init((KeyStore) null);
    } else {
      KeyStore store = emptyStore();
      int number = 0;
      for (Certificate certificate : certificates("ca", options.authorities().get())) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      factory.init(store);
    }
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return new TrustManager[] {new CertificateWatch(extended)};
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager in this JDK");
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String key, Path file)
      throws GeneralSecurityException, Unusable {
    byte[] text;
    try {
      text = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Unusable(key, file, e);
    }
    Collection<? extends Certificate> found;
    try {
      found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(text));
    } catch (CertificateException e) {
      throw new Unusable(key, file, NO_CERTIFICATE);
    }
    if (found.isEmpty()) {
      throw new Unusable(key, file, NO_CERTIFICATE);
    }
    return found;
  }

  private static PrivateKey privateKey(Path file) throws GeneralSecurityException, Unusable {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new Unusable("key", file, e);
    }
    Matcher matcher = KEY.matcher(text);
    if (matcher.find()) {
      PKCS8EncodedKeySpec spec =
          new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1)));
      for (String algorithm : KEY_ALGORITHMS) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
          // A key of another algorithm.
        }
      }
    }
    throw new Unusable(
        "key",
        file,
        "no unencrypted PKCS #8 key (BEGIN PRIVATE KEY) in it; `openssl pkcs8 -topk8 -nodes` makes"
            + " one");
  }
}
