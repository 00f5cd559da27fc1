package dev.rollcall.probes;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a TLS connection is made and what is believed.
///
/// @param verify whether the certificate has to be valid and made out to the host; off, anything is
///   accepted (its end is noted all the same)
/// @param authorities a PEM file of the certificates to trust instead of the JDK's
/// @param identity what to show to a server that asks for a client's certificate
/// @param serverName the name to ask for and to find in the certificate instead of the host's
/// @param protocols what to offer to speak on top of TLS (ALPN, RFC 7301), such as `h2`; empty:
///   nothing is said of it
public record TlsOptions(
    boolean verify,
    Optional<Path> authorities,
    Optional<Identity> identity,
    Optional<String> serverName,
    List<String> protocols) {
  /// Verified against the JDK's authorities, no client certificate.
  public static final TlsOptions DEFAULT =
      new TlsOptions(true, Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  /// Keeps a copy of the list, and the name in ASCII.
  public TlsOptions {
    serverName = serverName.map(HostNames::ascii);
    protocols = List.copyOf(protocols);
  }

  /// A client's certificate and its key, both PEM files.
  ///
  /// @param certificate the certificate, then those between it and the authority
  /// @param key the private key, unencrypted PKCS #8 (`BEGIN PRIVATE KEY`)
  public record Identity(Path certificate, Path key) {}

  /// The same, with a certificate from anybody accepted.
  public TlsOptions unverified() {
    return new TlsOptions(false, authorities, identity, serverName, protocols);
  }

  /// The same, trusting the certificates in the PEM file `file` alone.
  public TlsOptions trusting(Path file) {
    return new TlsOptions(verify, Optional.of(file), identity, serverName, protocols);
  }

  /// The same, showing the client certificate `shown`.
  public TlsOptions showing(Identity shown) {
    return new TlsOptions(verify, authorities, Optional.of(shown), serverName, protocols);
  }

  /// The same, asking for the server `name`.
  public TlsOptions named(String name) {
    return new TlsOptions(verify, authorities, identity, Optional.of(name), protocols);
  }

  /// The same, offering to speak `offered` on top of TLS.
  public TlsOptions speaking(String... offered) {
    return new TlsOptions(verify, authorities, identity, serverName, List.of(offered));
  }

  /// A file that cannot be used.
  ///
  /// @param key what it is for: `ca`, `cert`, `key`
  /// @param what what is wrong with it
  public record Wrong(String key, Path file, String what) {}

  /// The first of the files that cannot be used as they are now, if there is one.
  public Optional<Wrong> wrong() {
    return TlsContexts.wrong(this);
  }

  /// What an SSLContext depends on: everything but the name asked for and the protocols offered.
  TlsOptions contextKey() {
    return serverName.isEmpty() && protocols.isEmpty()
        ? this
        : new TlsOptions(verify, authorities, identity, Optional.empty(), List.of());
  }
}
