package dev.rollcall.server.monitor.check;

import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Detects whether Rollcall's own network is down. This is tested only if a check failed and the
/// server sent nothing, so that an outage of our network is not recorded as an outage of services.
///
/// The network is down if no interface but loopback is up; or if the operator configured witnesses
/// (addresses that are always there, such as the router or a name server) and none of them accepts
/// a connection. A result is valid for a second, for all checks.
public final class OwnNetwork {
  private static final Duration GOOD_FOR = Duration.ofSeconds(1);
  private static final int PATIENCE_MS = 2000;

  /// When it is asked no more: there may be no service left that needs it.
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  private final List<InetSocketAddress> witnesses;
  private final Clock clock;
  private final ReentrantLock asking = new ReentrantLock();

  // Also read without the lock.
  private volatile Optional<String> trouble = Optional.empty();
  private volatile Optional<Duration> asked = Optional.empty();

  /// @param witnesses addresses that accept connections while our network works; may be empty
  public OwnNetwork(List<InetSocketAddress> witnesses, Clock clock) {
    this.witnesses = List.copyOf(witnesses);
    this.clock = clock;
  }

  /// Why our network cannot reach `host`, in one line, if it is down.
  Optional<String> trouble(String host) {
    if (isLoopback(host)) {
      return Optional.empty();
    }
    asking.lock();
    try {
      if (asked.isEmpty() || clock.monotonic().minus(asked.get()).compareTo(GOOD_FOR) > 0) {
        trouble = ask();
        asked = Optional.of(clock.monotonic());
      }
      return trouble;
    } finally {
      asking.unlock();
    }
  }

  /// Something at `host` answered.
  void reached(String host) {
    if (!isLoopback(host)) {
      trouble = Optional.empty();
    }
  }

  /// Whether it was down when it was last asked, and nothing has answered since.
  public boolean isDown() {
    return trouble.isPresent()
        && asked.filter(at -> clock.monotonic().minus(at).compareTo(FORGOTTEN) < 0).isPresent();
  }

  private Optional<String> ask() {
    if (!anyInterfaceIsUp()) {
      return Optional.of("our own network is down: no interface but loopback is up");
    }
    if (!witnesses.isEmpty() && witnesses.stream().noneMatch(OwnNetwork::answers)) {
      return Optional.of("our own network is down: no witness answers");
    }
    return Optional.empty();
  }

  private static boolean anyInterfaceIsUp() {
    try {
      return NetworkInterface.networkInterfaces()
          .anyMatch(
              network -> {
                try {
                  return !network.isLoopback()
                      && network.isUp()
                      && network.inetAddresses().findAny().isPresent();
                } catch (SocketException e) {
                  return false; // it went away meanwhile
                }
              });
    } catch (SocketException e) {
      return false; // there are no interfaces
    }
  }

  private static boolean answers(InetSocketAddress witness) {
    try (Socket socket = new Socket()) {
      InetSocketAddress address =
          witness.isUnresolved()
              ? new InetSocketAddress(witness.getHostString(), witness.getPort())
              : witness;
      socket.connect(address, PATIENCE_MS);
      return true;
    } catch (IOException e) {
      // A refused connection is an answer too: another host sent it.
      return String.valueOf(e.getMessage()).contains("refused");
    }
  }

  private static boolean isLoopback(String host) {
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (name.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(name).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }
}
