package dev.rollcall.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/// A message that the next page shows once: what became of a form.
///
/// It travels in a cookie, so that the process that shows it needs nothing of the one that wrote
/// it. Nothing may depend on it: whoever can set cookies in the browser can write one.
///
/// @param text one line; a longer one than 300 characters is cut
public record Flash(Tone tone, String text) {
  static final String COOKIE = "rollcall-flash";

  private static final int LONGEST = 300;

  /// The time that the browser has to load the next page.
  private static final Duration TIME = Duration.ofSeconds(60);

  /// How it went.
  public enum Tone {
    DONE("d"),
    FAILED("f");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  public Flash {
    text = OneLine.of(text, LONGEST);
  }

  /// The message that the browser carries, if it carries one.
  static Optional<Flash> of(Request request) {
    return Cookies.of(request, COOKIE).flatMap(Flash::read);
  }

  private static Optional<Flash> read(String cookie) {
    for (Tone tone : Tone.values()) {
      if (cookie.startsWith(tone.code)) {
        try {
          byte[] text = Base64.getUrlDecoder().decode(cookie.substring(tone.code.length()));
          return Optional.of(new Flash(tone, new String(text, UTF_8)));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /// Gives it to the browser.
  Answer onto(Answer answer, Site site) {
    String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    return Cookies.set(answer, site, COOKIE, tone.code + encoded, TIME);
  }

  /// Takes it from the browser.
  static Answer shown(Answer answer, Site site) {
    return Cookies.set(answer, site, COOKIE, "", Duration.ZERO);
  }
}
