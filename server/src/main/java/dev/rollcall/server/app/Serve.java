package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The composition root of `serve`: opens every part in the order in which they need each other,
/// waits, and closes them in reverse.
final class Serve {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final System.Logger LOG = System.getLogger(Serve.class.getName());

  private final Configuration.Origin<JsonNode> origin;
  private final Configuration<JsonNode> configuration;
  private final Watch watch;

  /// What a running process waits for until it stops.
  interface Wish {
    void await() throws InterruptedException;
  }

  /// @param watch knows the file from before it was read
  Serve(Configuration.Origin<JsonNode> origin, Configuration<JsonNode> configuration, Watch watch) {
    this.origin = origin;
    this.configuration = configuration;
    this.watch = watch;
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws Trouble when a part cannot be opened
  int run(Wish stop) throws InterruptedException {
    ServeSettings settings = configuration.settings();
    Logs.to(new FileOutputStream(FileDescriptor.err), settings.log(), settings.name());
    Parts parts = new Parts(PATIENCE);
    try (parts) {
      open(parts);
      stop.await();
      LOG.log(Level.INFO, "stopping");
    }
    LOG.log(Level.INFO, "stopped");
    return parts.orderly() ? Command.OK : Command.TROUBLE;
  }

  /// Everything that runs, in order.
  private void open(Parts parts) {
    ServeSettings settings = configuration.settings();
    DataFolder.open(settings.storage().data());
    watch.start(new Reload<>(origin, configuration, services -> {}));
    parts.add("the watch of " + origin.files().label(), watch);
    LOG.log(Level.INFO, "started with {0,number,#} services", configuration.services().size());
  }

  /// The services in the configuration file.
  static List<JsonNode> services(JsonNode services, Mistakes mistakes) {
    if (!services.isArray()) {
      mistakes.add("services", "is no list: start each service with - name:");
      return List.of();
    }
    return services.valueStream().toList();
  }
}
