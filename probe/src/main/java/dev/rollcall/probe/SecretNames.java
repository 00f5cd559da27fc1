package dev.rollcall.probe;

import java.util.regex.Pattern;

/// Recognizes names of secrets: of headers, URL parameters and details. This is the only place that
/// defines them.
public final class SecretNames {
  /// `keys`, `keyspace`, `sessions`, `authority` and `author` are none; neither is the key by which
  /// a request is known again.
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)pass(?:wor[dt]|wd|phrase|$)|pwd|secret|token|credential|cookie|signature|session(?!s)"
              + "|(?<![a-z])sig(?![a-z])|auth(?!or(?!i[sz]))|(?<!idempotency[-_])key(?![a-z])");

  /// What MySQL says of a refused login, `(using password: YES)`, is none; neither is the `token:`
  /// that a parser did not expect.
  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)(?<!\\(using"
              + " )((?:password|passwd|pwd|secret|(?:api|access|private)[_-]?key)[\"']?\\s?[=:]\\s?"
              + "|(?:token|signature|(?<![a-z])sig|[?&]key)=|\"[\\w-]{0,40}token[\"']\\s?:\\s?"
              + "|x-[\\w-]{0,40}(?:token|key):\\s?|authorization:\\s?(?:\\w+\\s)?)"
              + "(?:\"[^\"]*\"|'[^']*'|[^\\s&;,\"')}]+)");

  private static final Pattern COOKIES =
      Pattern.compile("(?i)(cookie:\\s?)(?:[^\\s=;,\"']+=[^\\s;,\"']*;?\\s?)+");

  /// What a request logs in with (RFC 9110, 11.4): a user and password in Base64, or a token. Words
  /// of a sentence, as in `Basic authentication`, have no digit and no capital behind a small
  /// letter.
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "\\b((?i:basic|bearer) +)(?=[\\w+/~.-]*(?:[0-9]|[a-z][A-Z]))[\\w+/~.-]{8,}=*");

  private SecretNames() {}

  /// Whether a value with this name is a secret: `X-Api-Key`, `Authorization`, `access_token`.
  public static boolean isSecret(String name) {
    return SECRET.matcher(name).find();
  }

  /// `text` without the values after such names.
  static String withoutValues(String text) {
    String shown = NAMED.matcher(text).replaceAll("$1***");
    String without = CREDENTIALS.matcher(shown).replaceAll("$1***");
    return COOKIES.matcher(without).replaceAll("$1***");
  }
}
