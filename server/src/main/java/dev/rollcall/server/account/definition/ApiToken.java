package dev.rollcall.server.account.definition;

import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.sql.EnumCodec;
import java.util.Set;

/// What API tokens look like, and which there may be. The text of one is `rc_` and 256 random bits,
/// so who finds one somewhere sees what it is.
public final class ApiToken {
  /// The words of what a token may be used for: its scopes.
  public static final EnumCodec<Permission> SCOPES = EnumCodec.ofWords(Permission.class);

  private static final String BEGINNING = "rc_";
  private static final int LONGEST_NAME = 100;

  private ApiToken() {}

  /// A new one.
  public static String random() {
    return BEGINNING + Digests.secret();
  }

  /// Whether a text is meant to be one, valid or not: part of one is refused too, as what it sends
  /// would count for the operator.
  public static boolean isLike(String text) {
    return text.startsWith(BEGINNING);
  }

  /// Checks what somebody wants a token to be.
  ///
  /// @throws Refusal (400) for a name or scopes that no token can have
  public static void check(String name, Set<Permission> permissions) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw Refusal.badRequest("name: must have 1 to " + LONGEST_NAME + " characters");
    }
    if (permissions.isEmpty()) {
      throw Refusal.badRequest("scopes: are missing: say what the token may be used for");
    }
  }
}
