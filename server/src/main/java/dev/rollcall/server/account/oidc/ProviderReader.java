package dev.rollcall.server.account.oidc;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads the providers of `accounts.sso` in `rollcall.yaml`.
public final class ProviderReader {
  private static final String PAGE = "docs/accounts.md";
  private static final List<String> KEYS =
      List.of(
          "name",
          "issuer",
          "client-id",
          "client-secret",
          "scopes",
          "allowed-domains",
          "allowed-groups",
          "operator-groups",
          "groups-claim",
          "allow-unverified-email",
          "session-lifetime",
          "ca");

  /// A name is part of paths.
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /// RFC 6749, 3.3.
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]{1,200}");

  private static final Pattern DOMAIN = Pattern.compile("\\*|(?![-.])[\\p{L}\\p{N}.-]{1,253}");
  private static final String WELL_KNOWN = "/.well-known/";
  private static final String OPENID = "openid";
  private static final List<String> SCOPES = List.of(OPENID, "email", "profile");
  private static final int MOST = 20;
  private static final int LONGEST = 500;
  private static final Duration SHORTEST_SESSION = Duration.ofMinutes(1);
  private static final Duration LONGEST_SESSION = Duration.ofDays(366);
  private static final Duration SESSION = Duration.ofDays(1);

  private ProviderReader() {}

  /// Reads a list of providers with different names.
  ///
  /// @param path the path of the list in mistakes: `accounts.sso`
  public static List<ProviderSettings> list(JsonNode providers, String path, Mistakes mistakes) {
    if (!providers.isArray()) {
      mistakes.add(path, "is no list: write one `- name: ...` for each provider");
      return List.of();
    }
    if (providers.size() > MOST) {
      mistakes.add(path, "has more than " + MOST + " providers: remove some");
      return List.of();
    }
    List<ProviderSettings> read = new ArrayList<>();
    Map<String, String> places = new HashMap<>();
    for (int i = 0; i < providers.size(); i++) {
      String place = path + "[" + i + "]";
      one(new Fields(providers.get(i), place, PAGE, mistakes)).ifPresent(read::add);
      String name = providers.get(i).path("name").asString("");
      String first = places.putIfAbsent(name, place);
      if (first != null && !name.isEmpty()) {
        mistakes.add(place + ".name", name, "is the name of " + first + " too: give each its own");
      }
    }
    return read;
  }

  private static Optional<ProviderSettings> one(Fields fields) {
    if (!fields.areOf(KEYS)) {
      return Optional.empty();
    }
    String name = fields.required("name", "the provider a name, as in company").orElse("");
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      fields.mistake(
          "name",
          name,
          "is no name for a provider: use 1 to 63 lower-case letters, digits and hyphens");
    }
    Optional<URI> issuer = issuer(fields);
    String client =
        fields.required("client-id", "the id of this client at the provider").orElse("");
    Optional<Secret> secret = fields.secret("client-secret").filter(text -> !isEmpty(text));
    String groups = fields.text("groups-claim").orElse("groups");
    ProviderSettings.Rules rules =
        new ProviderSettings.Rules(
            texts(fields, "allowed-groups"),
            domains(fields),
            texts(fields, "operator-groups"),
            fields.bool("allow-unverified-email").orElse(false));
    Duration lifetime =
        fields.duration("session-lifetime", SHORTEST_SESSION, LONGEST_SESSION).orElse(SESSION);
    List<String> scopes = scopes(fields);
    Optional<Path> authorities = authorities(fields);
    return fields.wrong() || issuer.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ProviderSettings(
                name, issuer.get(), client, secret, scopes, groups, rules, lifetime, authorities));
  }

  /// A file with certificates that is not there lets nobody sign in.
  private static Optional<Path> authorities(Fields fields) {
    Optional<Path> file = fields.file("ca");
    file.filter(path -> !Files.isReadable(path))
        .ifPresent(
            path ->
                fields.mistake(
                    "ca", path.toString(), "is no file that can be read: name one in PEM format"));
    return file;
  }

  private static boolean isEmpty(Secret secret) {
    return secret.reveal().isEmpty();
  }

  private static Optional<URI> issuer(Fields fields) {
    String text = fields.required("issuer", "its URL, as in https://id.example.org").orElse("");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int document = text.indexOf(WELL_KNOWN);
    if (document > 0) {
      fields.mistake(
          "issuer", text, "is the URL of its document: give what comes before " + WELL_KNOWN);
      return Optional.empty();
    }
    Optional<URI> issuer = Endpoints.url(text).filter(uri -> uri.getRawQuery() == null);
    if (issuer.isEmpty()) {
      fields.mistake(
          "issuer",
          text,
          "is no issuer: give its https URL, as its documentation and its tokens have it (http is"
              + " for localhost only)");
    }
    return issuer;
  }

  private static Set<String> texts(Fields fields, String key) {
    Set<String> texts = new LinkedHashSet<>(fields.oneOrManyTexts(key));
    if (texts.stream().anyMatch(text -> text.isBlank() || text.length() > LONGEST)) {
      fields.mistake(key, "has an empty or very long value: remove it");
    }
    return texts;
  }

  private static Set<String> domains(Fields fields) {
    Set<String> domains = new LinkedHashSet<>();
    for (String text : texts(fields, "allowed-domains")) {
      if (!DOMAIN.matcher(text).matches()) {
        fields.mistake(
            "allowed-domains", text, "is no domain: write it as example.org, or \"*\" for all");
      }
      domains.add(text.toLowerCase(Locale.ROOT));
    }
    return domains;
  }

  private static List<String> scopes(Fields fields) {
    if (!fields.has("scopes")) {
      return SCOPES;
    }
    Set<String> scopes = new LinkedHashSet<>(List.of(OPENID));
    for (String scope : texts(fields, "scopes")) {
      if (!SCOPE.matcher(scope).matches()) {
        fields.mistake("scopes", scope, "is no scope: write each as one word, such as groups");
      }
      scopes.add(scope);
    }
    return List.copyOf(scopes);
  }
}
