package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads the `services` section of the configuration file: given to the configuration by whoever
/// knows what a service is.
@FunctionalInterface
interface ServiceReader<S> {
  /// The services that are right; what is wrong goes to `mistakes`, by path:
  /// `services[2].interval`.
  ///
  /// @param services whatever stands in the file, a list or not; an empty list where it says
  ///   nothing
  List<S> read(JsonNode services, Mistakes mistakes);
}
