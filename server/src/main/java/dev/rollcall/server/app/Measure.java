package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.node.MeasuringNode;
import dev.rollcall.server.node.NodeSettings;
import dev.rollcall.server.node.Output;
import dev.rollcall.server.target.Policy;
import dev.rollcall.server.target.Policy.Verdict;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SleepClock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;

/// The composition root of `measure`: only a node.
final class Measure {
  private static final System.Logger LOG = System.getLogger(Measure.class.getName());

  private final ServeSettings settings;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Ports ports;

  Measure(ServeSettings settings) {
    this.settings = settings;
    this.ports = new Ports(settings, ErrorShape.PLAIN, new RequestTimes(registry));
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws CannotRun if a part cannot be opened
  int run(Ports.Wish stop) throws InterruptedException {
    return ports.run(this::open, stop);
  }

  private Ports.Open open(Parts parts) {
    NodeSettings node = settings.node().orElseThrow();
    DataFolder.open(settings.storage().data());
    MeasuringNode measuring = open(node, MeasuringNode.Links.NONE, registry, Clock.system(), parts);
    Health health = new Health(Main.version(), measuring.checks(), List.of(), registry);
    measuring.notes().forEach(health::noting);
    Ports.Open open = ports.openHealth(parts, health.routes());
    measuring.start();
    LOG.log(
        Level.INFO,
        "measuring as {0}: {1}, at most {2,number,#} packets a second, results to {3}, health at"
            + " {4}",
        node.node(),
        what(node),
        node.rate(),
        where(node),
        open.healthUrl());
    return open;
  }

  private static String what(NodeSettings node) {
    String own = Targets.counted(node.targets().size(), "target") + " of its own";
    String pool = node.input().map(url -> "targets of " + url).orElse("");
    if (pool.isEmpty()) {
      return own;
    }
    return node.targets().isEmpty() ? pool : own + " and " + pool;
  }

  private static String where(NodeSettings node) {
    return switch (node.output().orElseThrow()) {
      case Output.Post(var url) -> url.toString();
      case Output.Append(var file) -> file.toString();
      case Output.Print() -> "standard output";
    };
  }

  /// Opens a node, which does not measure before it is started.
  ///
  /// @throws CannotRun if this machine lets nobody measure
  static MeasuringNode open(
      NodeSettings settings,
      MeasuringNode.Links links,
      PrometheusRegistry registry,
      Clock clock,
      Parts parts) {
    Policy policy = new Policy(settings.allowed(), settings.denied());
    settings.optOut().ifPresent(file -> Targets.followOptOut(file, policy::optOut, parts));
    Set<Verdict> own = Set.of(Verdict.ACCEPTED, Verdict.SPECIAL); // whoever lists them may
    return parts.add(
        "the node",
        new MeasuringNode(
            settings,
            Main.version(),
            Measurers.open(settings),
            links,
            new MeasuringNode.Limits(
                policy::accepts, address -> own.contains(policy.judge(address))),
            registry,
            SleepClock.system(),
            clock));
  }

  /// Adds a mistake if a node of `serve` has nowhere to send its results.
  static void contradictions(String command, Values values, Mistakes mistakes) {
    Set<Role> roles = values.of(Role.ROLES);
    if (command.equals(AllSettings.SERVE)
        && roles.contains(Role.MEASURE)
        && !roles.contains(Role.API)
        && !values.gives(NodeSettings.OUTPUT)) {
      values.misfit(
          Role.ROLES,
          "has no collector without api: add api, or set measure.output-file",
          mistakes);
    }
  }
}
