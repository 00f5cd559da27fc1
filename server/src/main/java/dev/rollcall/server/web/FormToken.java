package dev.rollcall.server.web;

import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// What shows that a form was on a page that this server gave to the same browser.
///
/// The browser has a random value in a cookie, and the form has the same value in a hidden field. A
/// page of another site can make the browser send the cookie, but cannot read it to fill the field.
/// In the field the value is masked anew each time (XOR with random bytes, which stand before it),
/// because pages are compressed, and the length of a compressed page would tell a constant value
/// (BREACH).
public final class FormToken {
  /// The name of the hidden field.
  public static final String FIELD = "form-token";

  static final String COOKIE = "rollcall-form";

  private static final int LENGTH = 16;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final byte[] value;
  private final boolean known;

  private FormToken(byte[] value, boolean known) {
    this.value = value;
    this.known = known;
  }

  /// The token of the browser that sent this; a new one if it has none.
  static FormToken of(Request request) {
    Optional<byte[]> known =
        Cookies.of(request, COOKIE)
            .flatMap(FormToken::decoded)
            .filter(bytes -> bytes.length == LENGTH);
    return known
        .map(bytes -> new FormToken(bytes, true))
        .orElseGet(() -> new FormToken(random(), false));
  }

  /// The value of the hidden field, another each time.
  public String field() {
    byte[] field = Arrays.copyOf(random(), 2 * LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      field[LENGTH + i] = (byte) (field[i] ^ value[i]);
    }
    return ENCODER.encodeToString(field);
  }

  /// Whether a form with this field was on a page for this browser.
  boolean accepts(String field) {
    byte[] bytes = decoded(field).orElse(new byte[0]);
    if (!known || bytes.length != 2 * LENGTH) {
      return false;
    }
    byte[] shown = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      shown[i] = (byte) (bytes[i] ^ bytes[LENGTH + i]);
    }
    return MessageDigest.isEqual(shown, value);
  }

  /// Gives the browser the cookie, unless it has it.
  Answer withCookie(Answer answer, Site site) {
    return known ? answer : Cookies.set(answer, site, COOKIE, ENCODER.encodeToString(value));
  }

  private static byte[] random() {
    byte[] bytes = new byte[LENGTH];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
