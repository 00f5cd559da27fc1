package dev.rollcall.probes;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Options of TLS connections.
///
/// @param verify whether the certificate must be valid and issued for the host. If not, any
///   certificate is accepted (its expiry is still recorded)
/// @param authorities a PEM file with the certificates to trust instead of those of the JDK
/// @param identity the client certificate for servers that ask for one
/// @param serverName the server name to request and to expect in the certificate, instead of the
///   host
/// @param protocols the protocols to offer on top of TLS (ALPN, RFC 7301), such as `h2`; empty:
///   none are offered
public record TlsOptions(
    boolean verify,
    Optional<Path> authorities,
    Optional<Identity> identity,
    Optional<String> serverName,
    List<String> protocols) {
  /// The default: verified against the authorities of the JDK, no client certificate.
  public static final TlsOptions DEFAULT =
      new TlsOptions(true, Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  /// Keeps a copy of the list, and the name in ASCII.
  ///
  /// @throws IllegalArgumentException if the server name is neither a host name nor an address
  public TlsOptions {
    serverName = serverName.map(HostNames::ascii);
    if (!serverName.orElse("a").matches("[a-z0-9_.:-]{1,253}")) {
      throw new IllegalArgumentException("\"%s\" is no host name".formatted(serverName.get()));
    }
    protocols = List.copyOf(protocols);
  }

  /// A client certificate and its key, both PEM files.
  ///
  /// @param certificate the certificate, followed by the intermediate certificates
  /// @param key the private key, unencrypted PKCS #8 (`BEGIN PRIVATE KEY`)
  public record Identity(Path certificate, Path key) {}

  /// A copy that accepts any certificate.
  public TlsOptions unverified() {
    return new TlsOptions(false, authorities, identity, serverName, protocols);
  }

  /// A copy that trusts only the certificates in the PEM file `file`.
  public TlsOptions trusting(Path file) {
    return new TlsOptions(verify, Optional.of(file), identity, serverName, protocols);
  }

  /// A copy that uses this client certificate.
  public TlsOptions showing(Identity shown) {
    return new TlsOptions(verify, authorities, Optional.of(shown), serverName, protocols);
  }

  /// A copy that expects the server name `name`.
  public TlsOptions named(String name) {
    return new TlsOptions(verify, authorities, identity, Optional.of(name), protocols);
  }

  /// A copy that offers these protocols on top of TLS.
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
