package dev.rollcall.probes;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieOrigin;
import org.apache.hc.client5.http.cookie.CookieSpec;
import org.apache.hc.client5.http.cookie.CookieSpecFactory;
import org.apache.hc.client5.http.cookie.MalformedCookieException;
import org.apache.hc.client5.http.cookie.SetCookie;
import org.apache.hc.client5.http.impl.cookie.RFC6265CookieSpecFactory;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/// The cookies of one check: what the answers that redirected have set, and goes along to where
/// domain, path and scheme of each allow it (RFC 6265). The next check begins without any.
final class Cookies {
  /// Made when the first redirect sets a cookie: the list of public suffixes is long.
  private static final class Rules {
    private static final CookieSpecFactory FACTORY =
        new RFC6265CookieSpecFactory(PublicSuffixMatcherLoader.getDefault());
  }

  private static final Pattern SECONDS = Pattern.compile("-?[0-9]+");
  private static final Pattern THIS_MACHINE =
      Pattern.compile("(?i)(?:.+\\.)?localhost|127(?:\\.[0-9]+){3}|::1");

  private final BasicCookieStore store = new BasicCookieStore();

  /// Keeps what `answer`, which came from `from`, sets. What is none is left out.
  void keep(HttpMessage answer, HttpTarget from) {
    if (!answer.containsHeader("Set-Cookie")) {
      return;
    }
    CookieSpec rules = rules();
    CookieOrigin origin = origin(from);
    for (Header header : answer.getHeaders("Set-Cookie")) {
      String[] parts = header.getValue().split(";", -1);
      Map<String, String> attributes = attributes(parts);
      String pair = parts[0];
      if (!isHonest(pair.strip(), attributes, origin.isSecure())) {
        continue;
      }
      try {
        for (Cookie cookie : parsed(rules, pair, attributes, origin)) {
          rules.validate(cookie, origin);
          if (cookie instanceof SetCookie set) {
            set.setValue(pair.substring(pair.indexOf('=') + 1).strip());
          }
          store.addCookie(cookie);
        }
      } catch (MalformedCookieException e) {
        // Browsers do not say so either.
      }
    }
  }

  /// The attributes that count: of several with one name the last, without those whose value says
  /// nothing (RFC 6265, 5.2 and 5.3).
  private static Map<String, String> attributes(String[] parts) {
    Map<String, String> last = new LinkedHashMap<>();
    for (String part : List.of(parts).subList(1, parts.length)) {
      String[] attribute = part.split("=", 2);
      String name = attribute[0].strip().toLowerCase(Locale.ROOT);
      String value = attribute.length > 1 ? attribute[1].strip() : "";
      if (!name.equals("max-age") || SECONDS.matcher(value).matches()) {
        last.put(name, value);
      }
    }
    last.keySet().retainAll(Set.of("domain", "path", "max-age", "expires", "secure", "httponly"));
    last.remove("domain", "");
    last.computeIfPresent("path", (name, path) -> path.startsWith("/") ? path : null);
    return last;
  }

  /// Whether it may be set as `attributes` say: `Secure` is not for what anybody could have sent,
  /// and some names promise how a cookie was set (RFC 6265bis, 4.1.3 and 5.7).
  private static boolean isHonest(String pair, Map<String, String> attributes, boolean secure) {
    boolean host = pair.regionMatches(true, 0, "__Host-", 0, 7);
    boolean promises = host || pair.regionMatches(true, 0, "__Secure-", 0, 9);
    boolean ofHost = "/".equals(attributes.get("path")) && !attributes.containsKey("domain");
    return (secure || !attributes.containsKey("secure"))
        && (!promises || attributes.containsKey("secure"))
        && (!host || ofHost);
  }

  /// A cookie whose time cannot be read is kept for the check. HttpClient would reject it, and
  /// reads quotation marks in the value, so it gets another one.
  private static List<Cookie> parsed(
      CookieSpec rules, String pair, Map<String, String> attributes, CookieOrigin origin)
      throws MalformedCookieException {
    int end = pair.indexOf('=');
    if (end < 0) {
      return List.of();
    }
    StringBuilder header = new StringBuilder(pair.substring(0, end)).append("=x");
    attributes.forEach((name, value) -> header.append("; ").append(name).append('=').append(value));
    try {
      return rules.parse(new BasicHeader("Set-Cookie", header), origin);
    } catch (MalformedCookieException e) {
      if (attributes.remove("expires") == null) {
        throw e;
      }
      return parsed(rules, pair, attributes, origin);
    }
  }

  /// The `Cookie` header of a request to `target`, whose question has the cookies `own` anyway: one
  /// that was set since takes the place of its own.
  Optional<String> header(HttpTarget target, Optional<String> own) {
    store.clearExpired(Instant.now());
    List<Cookie> kept = store.getCookies();
    if (kept.isEmpty()) {
      return own;
    }
    CookieSpec rules = rules();
    CookieOrigin origin = origin(target);
    List<Cookie> sent = kept.stream().filter(cookie -> rules.match(cookie, origin)).toList();
    Stream<String> others =
        own.stream()
            .flatMap(text -> Stream.of(text.split(";\\s*")))
            .filter(pair -> sent.stream().noneMatch(set -> pair.startsWith(set.getName() + "=")));
    String text =
        Stream.concat(others, sent.stream().map(set -> set.getName() + "=" + set.getValue()))
            .collect(Collectors.joining("; "));
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static CookieSpec rules() {
    return Rules.FACTORY.create(HttpCoreContext.create());
  }

  /// Cookies for TLS alone go to this machine without it too, as nobody listens in between.
  private static CookieOrigin origin(HttpTarget target) {
    String host = target.authority().host();
    return new CookieOrigin(
        host,
        target.authority().port(),
        target.path().replaceFirst("(?s)\\?.*", ""),
        target.secure() || THIS_MACHINE.matcher(host).matches());
  }
}
