package dev.rollcall.probes;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  /// A `Domain` without a name, and a `Path` that is none.
  private static final Pattern WITHOUT_VALUE =
      Pattern.compile("(?i);\\s*(?:domain\\s*=\\s*|path\\s*=\\s*(?:[^/;][^;]*)?)(?=;|$)");

  private static final Pattern EXPIRES = Pattern.compile("(?i);\\s*expires\\s*=[^;]*(?=;|$)");

  private final BasicCookieStore store = new BasicCookieStore();

  /// Keeps what `answer`, which came from `from`, sets. What is none is left out.
  void keep(HttpMessage answer, HttpTarget from) {
    if (!answer.containsHeader("Set-Cookie")) {
      return;
    }
    CookieSpec rules = rules();
    CookieOrigin origin = origin(from);
    for (Header header : answer.getHeaders("Set-Cookie")) {
      try {
        for (Cookie cookie : parsed(rules, header, origin)) {
          rules.validate(cookie, origin);
          if (cookie instanceof SetCookie set) {
            set.setValue(value(header.getValue())); // HttpClient takes quotation marks off.
          }
          store.addCookie(cookie);
        }
      } catch (MalformedCookieException e) {
        // Browsers do not say so either.
      }
    }
  }

  /// Attributes without a usable value are ignored (RFC 6265, 5.2.1 to 5.2.4). HttpClient would
  /// reject the whole cookie instead.
  private static List<Cookie> parsed(CookieSpec rules, Header header, CookieOrigin origin)
      throws MalformedCookieException {
    String name = header.getName();
    String cookie = WITHOUT_VALUE.matcher(header.getValue()).replaceAll("");
    try {
      return rules.parse(new BasicHeader(name, cookie), origin);
    } catch (MalformedCookieException e) {
      String withoutExpires = EXPIRES.matcher(cookie).replaceAll("");
      return rules.parse(new BasicHeader(name, withoutExpires), origin);
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

  /// What stands between the first `=` and the first `;`, as it has to come back (RFC 6265, 5.2).
  private static String value(String header) {
    String pair = header.replaceFirst("(?s);.*", "");
    return pair.substring(pair.indexOf('=') + 1).strip();
  }

  private static CookieSpec rules() {
    return Rules.FACTORY.create(HttpCoreContext.create());
  }

  private static CookieOrigin origin(HttpTarget target) {
    return new CookieOrigin(
        target.authority().host(),
        target.authority().port(),
        target.path().replaceFirst("(?s)\\?.*", ""),
        target.secure());
  }
}
