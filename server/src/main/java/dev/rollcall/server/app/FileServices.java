package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.monitor.MonitorSettings;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// How the section `services` of the configuration file is read.
@FunctionalInterface
interface FileServices {
  /// Every mistake is reported.
  FileServices STRICT =
      (values, services, mistakes) -> reader(values).list(services, FileServices.PATH, mistakes);

  /// Services whose files under `tls` cannot be used at present are accepted, so that they do not
  /// stop the checks of the others.
  FileServices TOLERANT =
      (values, services, mistakes) ->
          reader(values).tolerant().list(services, FileServices.PATH, mistakes);

  /// The path of the section in mistakes.
  String PATH = "services";

  /// The services without mistakes. Mistakes are added with their path: `services[2].interval`.
  ///
  /// @param values the settings, with the defaults of services
  /// @param services the content of the section, which may be no list; an empty list if there is no
  ///   section
  List<ServiceDefinition> read(Values values, JsonNode services, Mistakes mistakes);

  /// Only mistakes of the services with these names are reported.
  static FileServices named(Collection<String> names) {
    return (values, services, mistakes) -> {
      List<ServiceDefinition> read = TOLERANT.read(values, services, mistakes);
      for (int i = 0; services.isArray() && i < services.size(); i++) {
        if (!names.contains(services.get(i).path("name").asString(""))) {
          mistakes.forget(PATH + "[" + i + "]");
        }
      }
      return read;
    };
  }

  private static ServiceReader reader(Values values) {
    return new ServiceReader(MonitorSettings.defaults(values));
  }
}
