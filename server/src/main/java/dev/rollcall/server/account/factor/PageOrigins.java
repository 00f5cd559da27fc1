package dev.rollcall.server.account.factor;

import dev.rollcall.server.http.Request;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Where browsers see this server, as far as passkeys are concerned.
///
/// Without a known URL, the `Host` of the request tells it, which whoever sends the request can
/// choose. That is safe: a passkey keeps the origin it was registered on, and later that one alone
/// counts, whatever `Host` says. At the registration the browser of the person who is signed in
/// tells the origin, and a forged `Host` only fails to match it.
public final class PageOrigins {
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(:\\d{1,5})?");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+");

  private final Supplier<Optional<URI>> url;

  /// @param url where this server is reached, if the configuration says so
  public PageOrigins(Supplier<Optional<URI>> url) {
    this.url = url;
  }

  /// The name of the host for which passkeys sign on pages of this request; empty for an address,
  /// which can have none.
  public Optional<String> relyingParty(Request request) {
    return authority(request)
        .map(authority -> authority.replaceFirst(":\\d+$", ""))
        .filter(host -> !ADDRESS.matcher(host).matches());
  }

  /// The origins of a page on which a passkey may be registered with this request.
  public Set<String> ofRegistration(Request request) {
    Optional<String> known = known();
    return known.isPresent()
        ? Set.of(known.get())
        : authority(request)
            .map(authority -> Set.of("https://" + authority, "http://" + authority))
            .orElse(Set.of());
  }

  /// The origins of a page on which this passkey may be used.
  public Set<String> of(Passkey passkey) {
    return known().filter(origin -> !origin.equals(passkey.origin())).isPresent()
        ? Set.of(known().orElseThrow(), passkey.origin())
        : Set.of(passkey.origin());
  }

  private Optional<String> known() {
    return url.get()
        .map(uri -> uri.getScheme() + "://" + uri.getAuthority().toLowerCase(Locale.ROOT));
  }

  private Optional<String> authority(Request request) {
    return url.get()
        .map(URI::getAuthority)
        .or(() -> request.header("Host"))
        .map(text -> text.toLowerCase(Locale.ROOT))
        .filter(text -> HOST.matcher(text).matches());
  }
}
