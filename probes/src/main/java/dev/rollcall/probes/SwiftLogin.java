package dev.rollcall.probes;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The login for OpenStack Swift. `toString` does not show the password.
///
/// @param version the version of the login API at `url`
/// @param url of Swift itself with version 1 (`https://swift.example/auth/v1.0`), of Keystone with
///   2 and 3 (`https://keystone.example:5000/v3`; the version at its end may be left out)
/// @param login user and password, or key
/// @param scope the project, if the version has projects
/// @param region the region, if there are several; empty: the first
public record SwiftLogin(
    Version version, URI url, Login login, Scope scope, Optional<String> region) {
  /// The versions of the login API.
  public enum Version {
    /// Swift's own (`tempauth`): user `account:user` and a key.
    V1,
    /// Keystone's version 2.0, which current Keystone no longer has.
    V2,
    /// Keystone's version 3.
    V3
  }

  /// Which project, and whose users.
  ///
  /// @param projectId the project by its id
  /// @param project the project (with version 2: the tenant) by its name
  /// @param userDomain the domain of the user; empty: `Default`
  /// @param projectDomain the domain of the project; empty: the user's
  public record Scope(
      Optional<String> projectId,
      Optional<String> project,
      Optional<String> userDomain,
      Optional<String> projectDomain) {
    /// No project.
    public static final Scope NONE =
        new Scope(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /// The project called `name`.
    public static Scope project(String name) {
      return new Scope(Optional.empty(), Optional.of(name), Optional.empty(), Optional.empty());
    }

    /// The project with the id `id`.
    public static Scope projectId(String id) {
      return new Scope(Optional.of(id), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// A copy for a user of the domain `name`, and for a project of that domain unless another is
    /// given.
    public Scope userDomain(String name) {
      return new Scope(projectId, project, Optional.of(name), projectDomain);
    }

    /// A copy for a project of the domain `name`.
    public Scope projectDomain(String name) {
      return new Scope(projectId, project, userDomain, Optional.of(name));
    }
  }

  /// Swift's own login.
  public static SwiftLogin v1(String url, String user, String key) {
    return of(Version.V1, url, user, key, Scope.NONE);
  }

  /// Keystone's version 2.0.
  public static SwiftLogin v2(String url, String user, String password, String tenant) {
    return of(Version.V2, url, user, password, Scope.project(tenant));
  }

  /// Keystone's version 3.
  public static SwiftLogin v3(String url, String user, String password, Scope scope) {
    return of(Version.V3, url, user, password, scope);
  }

  private static SwiftLogin of(
      Version version, String url, String user, String password, Scope scope) {
    return new SwiftLogin(
        version, HttpQuestion.uri(url), new Login(user, password), scope, Optional.empty());
  }

  /// A copy for the region `name`.
  public SwiftLogin region(String name) {
    return new SwiftLogin(version, url, login, scope, Optional.of(name));
  }

  /// The login from the environment variables of the OpenStack clients: `OS_AUTH_URL`,
  /// `OS_USERNAME`, `OS_PASSWORD`, `OS_PROJECT_NAME` or `OS_TENANT_NAME`, `OS_PROJECT_ID` or
  /// `OS_TENANT_ID`, `OS_USER_DOMAIN_NAME`, `OS_PROJECT_DOMAIN_NAME`, `OS_REGION_NAME`,
  /// `OS_IDENTITY_API_VERSION`; and for version 1 `ST_AUTH`, `ST_USER`, `ST_KEY`.
  ///
  /// @throws IllegalArgumentException naming the variable that is missing
  public static SwiftLogin ofEnvironment() {
    return of(System.getenv());
  }

  static SwiftLogin of(Map<String, String> environment) {
    Function<String, Optional<String>> optional =
        name -> Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    Function<String, String> needed =
        name ->
            optional
                .apply(name)
                .orElseThrow(
                    () -> new IllegalArgumentException(name + " is not set in the environment"));
    if (optional.apply("OS_AUTH_URL").isEmpty() && optional.apply("ST_AUTH").isPresent()) {
      return v1(needed.apply("ST_AUTH"), needed.apply("ST_USER"), needed.apply("ST_KEY"));
    }
    String url = needed.apply("OS_AUTH_URL");
    Scope scope =
        new Scope(
            optional.apply("OS_PROJECT_ID").or(() -> optional.apply("OS_TENANT_ID")),
            optional.apply("OS_PROJECT_NAME").or(() -> optional.apply("OS_TENANT_NAME")),
            optional.apply("OS_USER_DOMAIN_NAME"),
            optional.apply("OS_PROJECT_DOMAIN_NAME"));
    return new SwiftLogin(
        version(optional.apply("OS_IDENTITY_API_VERSION").orElse(""), url),
        HttpQuestion.uri(url),
        new Login(needed.apply("OS_USERNAME"), needed.apply("OS_PASSWORD")),
        scope,
        optional.apply("OS_REGION_NAME"));
  }

  private static Version version(String given, String url) {
    return switch (given) {
      case "3" -> Version.V3;
      case "2", "2.0" -> Version.V2;
      case "1", "1.0" -> Version.V1;
      case "" -> {
        if (url.matches(".*/v2\\.0/?")) {
          yield Version.V2;
        }
        yield url.matches(".*/v1(\\.0)?/?") ? Version.V1 : Version.V3;
      }
      default ->
          throw new IllegalArgumentException(
              "OS_IDENTITY_API_VERSION=%s is none of 1, 2 and 3".formatted(given));
    };
  }

  /// How `server` says it: `swift+https://user:password@host:5000/v3?project=shop&region=east`,
  /// with `project_id`, `user_domain` and `project_domain` besides.
  static SwiftLogin of(ServerUrl server) {
    server.understands(
        Set.of("project_id", "project", "user_domain", "project_domain", "region"), Set.of());
    URI uri = server.uri();
    URI plain =
        URI.create("%s://%s%s".formatted(uri.getScheme(), uri.getRawAuthority(), uri.getRawPath()));
    return new SwiftLogin(
        version("", plain.toString()),
        plain,
        server
            .login()
            .orElseThrow(() -> new IllegalArgumentException("Swift needs a user and a password")),
        new Scope(
            server.parameter("project_id"),
            server.parameter("project"),
            server.parameter("user_domain"),
            server.parameter("project_domain")),
        server.parameter("region"));
  }

  /// Where to log in: the URL with the version's path at its end.
  URI address() {
    String base = url.toString().replaceFirst("/+$", "");
    return URI.create(
        switch (version) {
          case V1 -> base;
          case V2 -> (base.endsWith("/v2.0") ? base : base + "/v2.0") + "/tokens";
          case V3 -> (base.endsWith("/v3") ? base : base + "/v3") + "/auth/tokens";
        });
  }
}
