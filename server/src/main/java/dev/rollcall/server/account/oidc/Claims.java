package dev.rollcall.server.account.oidc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads claims that were checked.
final class Claims {
  static final String SUBJECT = "sub";
  static final String EMAIL = "email";
  static final String VERIFIED = "email_verified";

  private Claims() {}

  /// Who they are about.
  ///
  /// @throws ProviderFailure for a subject that cannot be one
  static Identity identity(Map<String, Object> claims, ProviderSettings settings)
      throws ProviderFailure {
    Optional<String> email =
        claims.get(EMAIL) instanceof String text ? Optional.of(text.strip()) : Optional.empty();
    try {
      return new Identity(
          settings.issuer(),
          claims.get(SUBJECT) instanceof String subject ? subject : "",
          email.filter(text -> !text.isEmpty()),
          isTrue(claims.get(VERIFIED)),
          texts(find(claims, settings.groupsClaim()).orElse(List.of())));
    } catch (IllegalArgumentException e) {
      throw ProviderFailure.invalid("its ID token is not valid: " + e.getMessage());
    }
  }

  /// Some providers write it as a text.
  private static boolean isTrue(@Nullable Object claim) {
    return Boolean.TRUE.equals(claim) || "true".equals(claim);
  }

  private static Set<String> texts(Object claim) {
    Set<String> texts = new LinkedHashSet<>();
    if (claim instanceof String text) {
      texts.add(text);
    } else if (claim instanceof List<?> list) {
      list.stream().filter(String.class::isInstance).map(String.class::cast).forEach(texts::add);
    }
    return texts;
  }

  /// A claim; with dots in its name, one within others: `realm_access.roles`.
  static Optional<Object> find(Map<?, ?> claims, String name) {
    Object whole = claims.get(name);
    int dot = name.indexOf('.');
    if (whole != null || dot < 0) {
      return Optional.ofNullable(whole);
    }
    return claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
        ? find(inner, name.substring(dot + 1))
        : Optional.empty();
  }
}
