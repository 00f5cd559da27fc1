package dev.rollcall.server.account.session;

import dev.rollcall.server.http.Request;
import dev.rollcall.server.web.Cookies;
import java.util.Optional;

/// The cookie of a browser that has signed in.
public final class SessionCookie {
  public static final String NAME = "rollcall-session";

  /// The cookie of a browser whose password was right, and whose second factor is to come.
  public static final String PENDING = "rollcall-pending";

  private SessionCookie() {}

  /// Its value, if the request has it.
  static Optional<String> of(Request request) {
    return Cookies.of(request, NAME);
  }

  /// The value of the other one, if the request has it.
  public static Optional<String> pending(Request request) {
    return Cookies.of(request, PENDING);
  }
}
