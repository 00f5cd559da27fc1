package dev.rollcall.server.account;

/// The text of an API token: `rc_` and 256 random bits. Who finds one somewhere sees what it is.
final class ApiToken {
  private static final String BEGINNING = "rc_";
  private static final int LENGTH = BEGINNING.length() + 43;

  private ApiToken() {}

  /// A new one.
  static String random() {
    return BEGINNING + Digests.secret();
  }

  /// Whether a text looks like one, valid or not.
  static boolean isLike(String text) {
    return text.startsWith(BEGINNING) && text.length() == LENGTH;
  }
}
