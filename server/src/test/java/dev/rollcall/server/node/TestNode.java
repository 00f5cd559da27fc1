package dev.rollcall.server.node;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.node.Measurement.TraceMethod;
import dev.rollcall.server.node.MeasuringNode.Limits;
import dev.rollcall.server.node.MeasuringNode.Links;
import dev.rollcall.server.node.NodeSettings.Families;
import dev.rollcall.server.node.NodeSettings.PingSettings;
import dev.rollcall.server.sql.OtherProcess;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SleepClock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A node with a stand-in for its measurer. It sends no packet to its targets.
public final class TestNode {
  private TestNode() {}

  /// A node that is not started.
  ///
  /// @param pool of `GET /next`
  /// @param collector of `POST /results`
  /// @param token empty: none
  public static MeasuringNode of(
      String name,
      URI pool,
      URI collector,
      String token,
      Path folder,
      long mostBytes,
      Measurer measurer) {
    NodeSettings settings =
        new NodeSettings(
            name,
            Optional.of(new Output.Post(collector)),
            Optional.of(pool),
            Optional.of(token).filter(text -> !text.isEmpty()).map(Secret::new),
            List.of(),
            Duration.ofMinutes(1),
            new PingSettings(
                4, Duration.ofSeconds(1), Duration.ofSeconds(2), TraceMethod.ICMP, 30, 2),
            100_000,
            Families.BOTH,
            Blocks.NONE,
            Blocks.NONE,
            Optional.empty(),
            folder,
            mostBytes);
    return new MeasuringNode(
        settings,
        "1.0-test",
        measurer,
        Links.NONE,
        new Limits(_ -> true, _ -> true),
        new PrometheusRegistry(),
        SleepClock.system(),
        Clock.system());
  }

  /// Runs a node until it is killed: pool, collector, folder, first round trip.
  public static void main(String[] arguments) {
    of(
            "victim",
            URI.create(arguments[0]),
            URI.create(arguments[1]),
            "",
            Path.of(arguments[2]),
            100_000_000,
            new StandIn(Long.parseLong(arguments[3])))
        .start();
    System.out.println("started");
    OtherProcess.awaitEndOfTest();
  }
}
