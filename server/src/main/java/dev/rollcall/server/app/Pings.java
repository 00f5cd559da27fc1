package dev.rollcall.server.app;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.EchoSender;
import java.net.InetAddress;
import java.time.Duration;

/// Pings for all services.
final class Pings implements EchoSender, AutoCloseable {
  @Override
  public Replies send(InetAddress target, int count, Duration gap, Duration wait)
      throws ProbeFailure, InterruptedException {
    return EchoSender.none().send(target, count, gap, wait);
  }

  @Override
  public void close() {
    // nothing is open
  }
}
