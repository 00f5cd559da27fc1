package dev.rollcall.probes;

import dev.rollcall.probe.Phase;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Opens connections for probes: looks up the name, tries its addresses, and starts TLS if
/// requested. It measures the time of each step. Any number of probes can share one dialer.
public final class Dialer {
  /// An open connection.
  ///
  /// @param socket the TCP connection
  /// @param tls the TLS connection on top of it, if there is one
  /// @param certificateEnds the earliest end in the path that was verified
  record Connection(
      DeadlineSocket socket, Optional<SSLSocket> tls, Optional<Instant> certificateEnds) {}

  private final Resolver resolver;
  private final TlsContexts contexts = new TlsContexts();

  /// A dialer that connects only to addresses from `resolver`.
  public Dialer(Resolver resolver) {
    this.resolver = resolver;
  }

  /// The shared default, with the name lookup of the operating system.
  static Dialer system() {
    return Shared.DIALER;
  }

  /// Connects to `target`, by the deadline of the trail's attempt.
  ///
  /// @param tls the TLS options, if TLS is used
  /// @param limit maximum time for the TCP connection, if less than the deadline
  Connection dial(
      Authority target, Optional<TlsOptions> tls, Optional<Duration> limit, Progress progress)
      throws ProbeFailure, InterruptedException {
    progress.at(target.toString());
    List<InetAddress> addresses = resolve(target.host(), progress);
    DeadlineSocket socket = connect(addresses, target.port(), limit, progress);
    if (tls.isEmpty()) {
      return new Connection(socket, Optional.empty(), Optional.empty());
    }
    try {
      return secure(socket, target, tls.get(), progress);
    } catch (ProbeFailure | InterruptedException | RuntimeException | Error e) {
      closeQuietly(socket);
      throw e;
    }
  }

  /// The addresses of `host`, at least one.
  List<InetAddress> resolve(String host, Progress progress)
      throws ProbeFailure, InterruptedException {
    progress.enter(Progress.Stage.RESOLVING);
    try {
      List<InetAddress> addresses = resolver.resolve(host, progress.remaining());
      if (addresses.isEmpty()) {
        throw new UnknownHostException(host);
      }
      return addresses;
    } catch (UnknownHostException e) {
      throw Failures.unknownHost(host, e);
    } catch (TimeoutException e) {
      throw Failures.late(progress);
    } finally {
      progress.took(Phase.DNS);
    }
  }

  private static DeadlineSocket connect(
      List<InetAddress> addresses, int port, Optional<Duration> limit, Progress progress)
      throws ProbeFailure, InterruptedException {
    progress.enter(Progress.Stage.CONNECTING);
    try {
      Duration left =
          limit.filter(l -> l.compareTo(progress.remaining()) < 0).orElseGet(progress::remaining);
      DeadlineSocket socket =
          addresses.size() == 1
              ? connect(new InetSocketAddress(addresses.getFirst(), port), left, progress)
              : new Race(addresses, port, progress).run(left);
      progress.hear();
      progress.connected();
      try {
        socket.setTcpNoDelay(true);
      } catch (IOException e) {
        closeQuietly(socket);
        throw Failures.of(e, progress);
      }
      return socket;
    } finally {
      progress.took(Phase.CONNECT);
    }
  }

  private static DeadlineSocket connect(InetSocketAddress address, Duration left, Progress progress)
      throws ProbeFailure, InterruptedException {
    progress.at(words(address));
    DeadlineSocket socket = new DeadlineSocket(progress);
    try {
      socket.connect(address, left);
      return socket;
    } catch (IOException e) {
      closeQuietly(socket);
      throw failure(e, left, progress);
    }
  }

  /// Why there is no connection to where the trail is.
  static ProbeFailure failure(IOException e, Duration left, Progress progress)
      throws InterruptedException {
    return e instanceof SocketTimeoutException
        ? Failures.noConnection(progress, left)
        : Failures.of(e, progress);
  }

  /// Speaks TLS from now on over `socket`, which was opened to `target`.
  Connection secure(DeadlineSocket socket, Authority target, TlsOptions options, Progress progress)
      throws ProbeFailure, InterruptedException {
    progress.enter(Progress.Stage.SECURING);
    ServerName name = new ServerName(options.serverName().orElse(target.host()));
    try {
      SSLSocket tls =
          (SSLSocket)
              contexts
                  .of(options)
                  .getSocketFactory()
                  .createSocket(socket, name.text(), target.port(), true);
      SSLParameters parameters = tls.getSSLParameters();
      name.tell(parameters, options.verify());
      parameters.setApplicationProtocols(options.protocols().toArray(String[]::new));
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      if (options.verify()) {
        name.verify(tls.getSession());
      }
      Optional<Instant> ends = CertificateWatch.ends(tls.getSession());
      ends.ifPresent(progress.attempt()::certificateEnds);
      return new Connection(socket, Optional.of(tls), ends);
    } catch (IOException e) {
      throw Failures.of(e, progress);
    } finally {
      progress.took(Phase.TLS);
    }
  }

  static String words(InetSocketAddress address) {
    return Authority.of(address).toString();
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is given up anyway.
    }
  }

  /// Made at the first use.
  private static final class Shared {
    private static final Dialer DIALER = new Dialer(Resolver.system());
  }
}
