package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads the `services` section of the configuration file: given to the configuration by whoever
/// knows what a service is.
@FunctionalInterface
interface ServiceReader<S> {
  /// The services that are right; what is wrong goes to `mistakes`, by path:
  /// `services[2].interval`.
  ///
  /// @param values the settings, which hold what services do not say themselves
  /// @param services whatever stands in the file, a list or not; an empty list where it says
  ///   nothing
  List<S> read(Values values, JsonNode services, Mistakes mistakes);
}
