package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate that this machine made out to itself, for servers of a test.
///
/// @param context to serve with
/// @param authorities a PKCS #12 file, of the password `changeit`, for those who are to trust it
record SelfSigned(SSLContext context, Path authorities) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /// Makes one in `folder` that is valid for `days`.
  static SelfSigned in(Path folder, int days) throws Exception {
    Path store = folder.resolve("self-signed.p12");
    Path log = folder.resolve("keytool.log");
    Process made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                String.valueOf(days),
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(made.waitFor()).as(Files.readString(log)).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("own", keys.getCertificate("own"));
    Path authorities = folder.resolve("authorities.p12");
    try (OutputStream out = Files.newOutputStream(authorities)) {
      trusted.store(out, PASSWORD);
    }
    return new SelfSigned(context, authorities);
  }
}
