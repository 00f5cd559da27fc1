package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Checks Redis through a Lettuce connection of the application: a `PING` on it.
public final class LettuceProbe {
  private static final String LATE = "Redis does not answer, or the connection is not there";

  private LettuceProbe() {}

  /// A probe of a connection that belongs to the application; the probe does not close it.
  public static Probe of(String name, StatefulRedisConnection<?, ?> connection) {
    return new OwnClient(name, (attempt, left) -> ping(connection.async()::ping, left), LATE);
  }

  /// A probe of a connection to a cluster that belongs to the application; the probe does not close
  /// it.
  public static Probe of(String name, StatefulRedisClusterConnection<?, ?> connection) {
    return new OwnClient(name, (attempt, left) -> ping(connection.async()::ping, left), LATE);
  }

  private static void ping(Supplier<RedisFuture<String>> command, Duration left) throws Exception {
    RedisFuture<String> ping = command.get();
    try {
      String answer = ping.get(left.toNanos(), TimeUnit.NANOSECONDS);
      if (!answer.equals("PONG")) {
        throw ProbeFailure.answered("PING: answered " + answer);
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new ProbeFailure(LATE);
    } finally {
      ping.cancel(true); // or it waits for a connection to come back
    }
  }
}
