package dev.rollcall.probes;

import java.net.URI;
import org.apache.hc.core5.http.HttpHost;

/// Where one request goes. Apart from [URI], which takes less than servers redirect to.
///
/// @param scheme `http` or `https`
/// @param path with its query, as it is sent
record HttpTarget(String scheme, Authority authority, String path) {
  /// @param uri as [HttpQuestion] keeps it
  static HttpTarget of(URI uri) {
    String query = uri.getRawQuery();
    return new HttpTarget(
        uri.getScheme(),
        Authority.of(uri, HttpQuestion.port(uri.getScheme())),
        uri.getRawPath() + (query == null ? "" : "?" + query));
  }

  boolean secure() {
    return scheme.equals("https");
  }

  /// What is before the path: all of the URL that a message may show.
  String origin() {
    return scheme + "://" + authority.text(HttpQuestion.port(scheme));
  }

  /// Whether it is of the server of `other`: of the same origin, or its HTTPS at the usual port
  /// instead of HTTP at the usual port.
  boolean isOfSameServer(HttpTarget other) {
    boolean upgrade =
        secure()
            && !other.secure()
            && authority.port() == HttpQuestion.port(scheme)
            && other.authority.port() == HttpQuestion.port(other.scheme);
    return upgrade
        ? authority.host().equals(other.authority.host())
        : origin().equals(other.origin());
  }

  /// All that a message may show of where a redirect led.
  String withoutQuery() {
    return origin() + path.replaceFirst("(?s)\\?.*", "");
  }

  /// Where to send it. The default port is left out, so that the Host header does not name it.
  HttpHost host() {
    boolean standard = authority.port() == HttpQuestion.port(scheme);
    return new HttpHost(scheme, authority.host(), standard ? -1 : authority.port());
  }
}
