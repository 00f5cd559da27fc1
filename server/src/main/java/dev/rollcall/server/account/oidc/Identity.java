package dev.rollcall.server.account.oidc;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Who somebody is, as a provider says. Issuer and subject together are one person for ever; the
/// address and the groups may change.
///
/// @param issuer of the provider
/// @param subject never given to anybody else there
/// @param email the address, if the provider has said one
/// @param verified whether it has verified that the address is this person's
public record Identity(
    URI issuer, String subject, Optional<String> email, boolean verified, Set<String> groups) {
  private static final int LONGEST_SUBJECT = 255;

  /// @throws IllegalArgumentException for a subject that OpenID Connect does not allow
  public Identity {
    if (subject.isEmpty() || subject.length() > LONGEST_SUBJECT || subject.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the subject has not 1 to 255 characters");
    }
    groups = Set.copyOf(groups);
  }

  /// Why the rules do not let this person in.
  public enum Refused {
    /// The provider has said no address, or has not verified it, and the rules need it.
    EMAIL,
    /// The address is in no allowed domain.
    DOMAIN,
    /// The person is in no allowed group.
    GROUP
  }

  /// The address, if it can be relied on.
  public Optional<String> trustedEmail(ProviderSettings.Rules rules) {
    return email.filter(_ -> verified || rules.unverifiedEmail());
  }

  /// Why this person may not sign in; empty: may.
  public Optional<Refused> refused(ProviderSettings.Rules rules) {
    if (!rules.allowedGroups().isEmpty()
        && groups.stream().noneMatch(rules.allowedGroups()::contains)) {
      return Optional.of(Refused.GROUP);
    }
    if (rules.allowedDomains().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> trusted = trustedEmail(rules);
    if (trusted.isEmpty()) {
      return Optional.of(Refused.EMAIL);
    }
    String domain =
        trusted.get().substring(trusted.get().lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    return rules.allowedDomains().contains("*") || rules.allowedDomains().contains(domain)
        ? Optional.empty()
        : Optional.of(Refused.DOMAIN);
  }

  /// Whether the provider says that this person is an operator; empty: it says nothing about that.
  public Optional<Boolean> operates(ProviderSettings.Rules rules) {
    return rules.operatorGroups().isEmpty()
        ? Optional.empty()
        : Optional.of(groups.stream().anyMatch(rules.operatorGroups()::contains));
  }
}
