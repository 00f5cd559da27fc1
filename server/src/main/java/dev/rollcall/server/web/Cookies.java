package dev.rollcall.server.web;

import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import java.time.Duration;
import java.util.Optional;

/// The cookies of pages: for this server alone, not for scripts, and not sent with requests that
/// pages of other sites make.
public final class Cookies {
  private Cookies() {}

  /// The value of a cookie; of one that is given several times, the first.
  public static Optional<String> of(Request request, String name) {
    for (String header : request.headers("Cookie")) {
      for (String pair : header.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
          return Optional.of(pair.substring(equals + 1).strip());
        }
      }
    }
    return Optional.empty();
  }

  /// Sets a cookie until the browser is closed.
  static Answer set(Answer answer, Site site, String name, String value) {
    return add(answer, site, name, value, "");
  }

  /// Sets a cookie for some time; zero deletes it.
  static Answer set(Answer answer, Site site, String name, String value, Duration time) {
    return add(answer, site, name, value, "; Max-Age=" + time.toSeconds());
  }

  /// Sets a cookie for some time, which the browser sends over TLS only if this request came over
  /// TLS; zero deletes it.
  ///
  /// @param request that the cookie answers
  public static Answer set(
      Answer answer, Request request, Site site, String name, String value, Duration time) {
    String secure = isOverTls(request) ? "; Secure" : "";
    return add(answer, site, name, value, secure + "; Max-Age=" + time.toSeconds());
  }

  /// Whether the browser has sent this over TLS, as a proxy in front says.
  public static boolean isOverTls(Request request) {
    return request.header("X-Forwarded-Proto").filter("https"::equals).isPresent();
  }

  private static Answer add(Answer answer, Site site, String name, String value, String age) {
    return answer.and(
        "Set-Cookie",
        name + "=" + value + age + "; Path=" + site.root() + "; HttpOnly; SameSite=Lax");
  }
}
