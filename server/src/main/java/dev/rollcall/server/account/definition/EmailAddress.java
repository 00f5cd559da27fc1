package dev.rollcall.server.account.definition;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An e-mail address as accounts have it. Two that differ in case only are the same.
///
/// @param text as it was given
/// @param key in lower case
public record EmailAddress(String text, String key) {
  /// RFC 5321, 4.5.3.1.
  private static final int LONGEST = 254;

  /// Something, one `@`, and a name of a host; no blanks, control characters or angle brackets.
  /// Whether mail arrives there, only a mail can tell.
  private static final Pattern ADDRESS =
      Pattern.compile(
          "[^\\s\\p{Cntrl}\\p{Cf}@<>(),;:\"\\\\\\[\\]]{1,64}@(?!-)[\\p{L}\\p{N}.-]{1,253}(?<![.-])");

  /// The address in a text; empty if there is none.
  public static Optional<EmailAddress> of(String text) {
    String stripped = text.strip();
    return stripped.length() <= LONGEST
            && ADDRESS.matcher(stripped).matches()
            && !stripped.contains("..")
        ? Optional.of(new EmailAddress(stripped, stripped.toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }
}
