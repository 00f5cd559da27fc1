package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.TlsOptions;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Warnings about definitions that are valid but probably not intended.
public final class DefinitionWarning {
  private DefinitionWarning() {}

  /// One line for each warning.
  ///
  /// @param usual the timeout of services that set none
  public static List<String> of(List<ServiceDefinition> services, Duration usual) {
    List<String> lines = new ArrayList<>();
    for (ServiceDefinition service : services) {
      if (service.timeout().compareTo(service.interval()) > 0 && !service.timeout().equals(usual)) {
        lines.add(
            service.name()
                + ": the timeout of "
                + Durations.text(service.timeout())
                + " is longer than the interval of "
                + Durations.text(service.interval())
                + ": checks never overlap, so it is checked less often if it does not answer");
      }
      if (service.spec() instanceof CheckSpec.Http(var question)
          && service.url().getScheme().equals("http")
          && !question.settings().tls().equals(TlsOptions.DEFAULT)) {
        lines.add(
            service.name()
                + ": tls has an effect only if "
                + PublicDefinition.url(service.shownUrl())
                + " redirects to https");
      }
    }
    return lines;
  }
}
