package dev.rollcall.probe.spring;

import dev.rollcall.probe.Show;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/// What the settings below `rollcall.health` let callers see, for applications without Actuator.
///
/// @param roles who counts as authorized; with none, whoever has logged in
record OwnVisibility(Show components, Show details, Set<String> roles) implements Visibility {
  static OwnVisibility of(RollcallHealthProperties properties) {
    Show details = properties.showDetails();
    Show components = properties.showComponents();
    return new OwnVisibility(
        components == null ? details : components, details, properties.roles());
  }

  @Override
  public boolean components(HttpServletRequest request) {
    return isShown(components, request);
  }

  @Override
  public boolean details(HttpServletRequest request) {
    return isShown(details, request);
  }

  private boolean isShown(Show who, HttpServletRequest request) {
    return who == Show.ALWAYS || (who == Show.WHEN_AUTHORIZED && isAuthorized(request));
  }

  private boolean isAuthorized(HttpServletRequest request) {
    return request.getUserPrincipal() != null
        && (roles.isEmpty() || roles.stream().anyMatch(request::isUserInRole));
  }
}
