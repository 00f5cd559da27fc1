package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;

/// Lists one container of a Docker daemon (`GET /containers/json?limit=1`):
/// `unix:///var/run/docker.sock`, `docker://host:2375` or `tcp://host:2375`, or with TLS
/// `docker+tls://host:2376`. Daemons with TLS require a client certificate.
///
/// @param name name of the probe
/// @param server port 2375 (with TLS 2376) if the URL has none
/// @param dialer shared with other probes
public record DockerProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final String CONTAINERS = "/containers/json?limit=1";

  /// Validates the URL.
  public DockerProbe {
    if (server.scheme().equals("unix")) {
      server.understands(Set.of(), Set.of());
      path(server);
    } else {
      server.understandsNoPath(Set.of());
      server.target(port(server));
    }
  }

  /// A probe of the daemon at `url`.
  public static DockerProbe of(String name, String url) {
    return new DockerProbe(name, ServerUrl.of(url), Dialer.system());
  }

  private static Path path(ServerUrl server) {
    String path = server.uri().getPath();
    if (path == null || path.length() < 2 || server.uri().getRawAuthority() != null) {
      throw new IllegalArgumentException(
          "the URL names no socket: write it as unix:///var/run/docker.sock");
    }
    return Path.of(path);
  }

  private static int port(ServerUrl server) {
    return secure(server) ? 2376 : 2375;
  }

  private static boolean secure(ServerUrl server) {
    return server.scheme().endsWith("+tls");
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          if (server.scheme().equals("unix")) {
            local(session);
          } else {
            remote(session);
          }
        });
  }

  private void remote(Session session) throws IOException, ProbeFailure, InterruptedException {
    Authority target = server.target(port(server));
    Socket socket =
        session.open(target, secure(server) ? Optional.of(server.tls()) : Optional.empty());
    list(session, socket.getOutputStream(), socket.getInputStream());
  }

  /// A channel knows no timeout: a guard closes it at the deadline.
  private void local(Session session) throws IOException, ProbeFailure, InterruptedException {
    Path path = path(server);
    Progress progress = session.progress();
    progress.at(path.toString());
    progress.enter(Progress.Stage.CONNECTING);
    if (!Files.exists(path)) {
      throw new ProbeFailure("connect: there is no socket %s: is the daemon up?".formatted(path));
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      ScheduledFuture<?> guard = Deadlines.in(progress.remaining(), () -> close(channel));
      try {
        channel.connect(UnixDomainSocketAddress.of(path));
        progress.took(Phase.CONNECT);
        progress.hear();
        list(session, Channels.newOutputStream(channel), Channels.newInputStream(channel));
      } finally {
        guard.cancel(false);
      }
    }
  }

  private static void list(Session session, OutputStream out, InputStream in)
      throws IOException, ProbeFailure {
    session.query();
    PlainHttp.Reply reply = PlainHttp.ask(out, in, "GET", "docker", CONTAINERS, "");
    session.progress().attempt().answered(reply.status());
    if (reply.status() != 200) {
      throw ProbeFailure.answered("query: the daemon answered: " + reply.why());
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is given up anyway.
    }
  }
}
