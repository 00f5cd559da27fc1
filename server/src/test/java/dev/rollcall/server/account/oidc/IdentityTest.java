package dev.rollcall.server.account.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.server.account.oidc.Identity.Refused;
import dev.rollcall.server.account.oidc.ProviderSettings.Rules;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final Rules NONE = new Rules(Set.of(), Set.of(), Set.of(), false);

  private static Identity of(String email, boolean verified, String... groups) {
    return new Identity(
        URI.create("https://id.example.org"),
        "1",
        Optional.of(email).filter(text -> !text.isEmpty()),
        verified,
        Set.of(groups));
  }

  private static Rules domains(boolean unverified, String... domains) {
    return new Rules(Set.of(), Set.of(domains), Set.of(), unverified);
  }

  @Test
  void withoutRulesEverybodyMaySignIn() {
    assertThat(of("", false).refused(NONE)).isEmpty();
    assertThat(NONE.decide()).isFalse();
  }

  @Test
  void aDomainIsTheWholeOfWhatFollowsTheLastAt() {
    Rules rules = domains(false, "example.org");
    assertThat(rules.decide()).isTrue();
    assertThat(of("a@EXAMPLE.org", true).refused(rules)).isEmpty();
    assertThat(of("a@sub.example.org", true).refused(rules)).contains(Refused.DOMAIN);
    assertThat(of("a@example.org@evil.example", true).refused(rules)).contains(Refused.DOMAIN);
    assertThat(of("a@notexample.org", true).refused(rules)).contains(Refused.DOMAIN);
    assertThat(of("a@example.org", false).refused(rules)).contains(Refused.EMAIL);
    assertThat(of("", true).refused(rules)).contains(Refused.EMAIL);
    assertThat(of("a@example.org", false).refused(domains(true, "example.org"))).isEmpty();
    assertThat(of("a@any.example", true).refused(domains(false, "*"))).isEmpty();
    assertThat(of("a@any.example", false).refused(domains(false, "*"))).contains(Refused.EMAIL);
  }

  @Test
  void groupsAreComparedToTheLetter() {
    Rules rules = new Rules(Set.of("ops", "dev"), Set.of(), Set.of("admins"), false);
    assertThat(of("", false, "dev").refused(rules)).isEmpty();
    assertThat(of("", false, "Dev", "/ops").refused(rules)).contains(Refused.GROUP);
    assertThat(of("", false).refused(rules)).contains(Refused.GROUP);
    assertThat(of("", false, "dev").operates(rules)).contains(false);
    assertThat(of("", false, "admins").operates(rules)).contains(true);
    assertThat(of("", false, "admins").operates(NONE)).isEmpty();
  }

  @Test
  void aClaimMayBeWithinAnother() {
    Map<String, Object> claims =
        Map.of("realm_access", Map.of("roles", Set.of("ops")), "https://a.example/groups", "b");
    assertThat(Claims.find(claims, "realm_access.roles")).contains(Set.of("ops"));
    assertThat(Claims.find(claims, "https://a.example/groups")).contains("b");
    assertThat(Claims.find(claims, "realm_access.none.roles")).isEmpty();
    assertThat(Claims.find(claims, "groups")).isEmpty();
  }

  @Test
  void aSubjectHasOneTo255Characters() {
    for (String subject : new String[] {"", "x".repeat(256), "a\0b"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new Identity(
                      URI.create("https://id.example.org"),
                      subject,
                      Optional.empty(),
                      false,
                      Set.of()));
    }
  }
}
