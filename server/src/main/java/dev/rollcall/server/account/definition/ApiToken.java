package dev.rollcall.server.account.definition;

import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.sql.EnumCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// What API tokens look like, and which there may be. The text of one is `rc_` and 256 random bits,
/// so who finds one somewhere sees what it is.
public final class ApiToken {
  /// The words of what a token may be used for: its scopes.
  public static final EnumCodec<Permission> SCOPES = EnumCodec.ofWords(Permission.class);

  private static final String BEGINNING = "rc_";
  private static final int LONGEST_NAME = 100;

  private ApiToken() {}

  /// The words of the scopes that a token may have. That for measurements is for operators: nodes
  /// send them for this server.
  public static List<String> scopes(boolean ofOperator) {
    return Arrays.stream(Permission.values())
        .filter(each -> ofOperator || each != Permission.RESULTS)
        .map(SCOPES::word)
        .toList();
  }

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
  /// @param ofOperator whether it is for the account of an operator
  /// @throws Refusal (400) for a name or scopes that no token can have, (403) for a scope that is
  ///   for operators
  public static void check(String name, Set<Permission> permissions, boolean ofOperator) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw Refusal.badRequest("name: must have 1 to " + LONGEST_NAME + " characters");
    }
    if (permissions.isEmpty()) {
      throw Refusal.badRequest("scopes: are missing: say what the token may be used for");
    }
    if (permissions.contains(Permission.RESULTS) && !ofOperator) {
      throw Refusal.of(
          403,
          "scopes: results is for operators: nodes send measurements with the token of the settings,"
              + " or with one of an operator's account");
    }
  }
}
