package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.Callable;
import javax.net.SocketFactory;

/// A socket factory for drivers that take the class name of a factory. It returns the connected
/// sockets of the [Session] of the current thread.
///
/// Public only because drivers need it.
public final class DialedSockets extends SocketFactory {
  private static final ThreadLocal<Opening> OPENING = new ThreadLocal<>();

  /// Opens the connection that the driver wants.
  interface Opening {
    Socket open() throws IOException, ProbeFailure, InterruptedException;
  }

  /// What a driver does while [DialedSockets] open connections for it.
  interface Driving<T> extends Callable<T> {}

  /// For drivers, which make one by reflection.
  public DialedSockets() {}

  /// Runs `driver` with connections from `opening`.
  static <T> T through(Opening opening, Driving<T> driver) throws Exception {
    OPENING.set(opening);
    try {
      return driver.call();
    } finally {
      OPENING.remove();
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    try {
      return OPENING.get().open();
    } catch (ProbeFailure e) {
      throw new Failures.Carrier(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failures.Carrier(e);
    }
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket();
  }
}
