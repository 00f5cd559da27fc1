package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// One check of a server in its own protocol, whoever speaks it: a driver, or a few lines here.
///
/// The connections are ours (looked up, opened and bounded by the [Dialer]) also where a driver
/// speaks on them; that is what makes any driver end by the deadline, on interruption, and without
/// reaching what the resolver keeps it from. Whatever it throws becomes one line that says where it
/// happened and holds no password. What was opened is closed, whether or not the driver does.
///
/// To be held on virtual threads: only those are cut off in the middle of a read when interrupted.
final class Session {
  /// What is said. The talk's stages are entered as it goes on.
  interface Conversation {
    void hold(Session session) throws Exception;
  }

  private final Dialer dialer;
  private final Progress progress;
  private final List<DeadlineSocket> opened = new ArrayList<>();

  private Session(Dialer dialer, Progress progress) {
    this.dialer = dialer;
    this.progress = progress;
  }

  /// Holds `conversation` with `server`.
  ///
  /// @throws ProbeFailure with what went wrong, in one line
  static void hold(Attempt attempt, ServerUrl server, Dialer dialer, Conversation conversation)
      throws ProbeFailure, InterruptedException {
    Secrets secrets = server.secrets();
    Attempt own = attempt.limitedTo(server.limit());
    Session session = new Session(dialer, new Progress(own));
    try {
      conversation.hold(session);
    } catch (InterruptedException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      throw ProbeFailure.here("out of memory (%s)".formatted(session.progress.words()));
    } catch (Exception e) {
      throw secrets.hide(Failures.of(e, session.progress));
    } finally {
      session.opened.forEach(Dialer::closeQuietly);
      own.took(Phase.TOTAL, own.elapsed());
    }
  }

  /// Connects to `target`, with TLS from the start if `tls` is given. Failures from here on are
  /// reported as failures of the login.
  Socket open(Authority target, Optional<TlsOptions> tls)
      throws ProbeFailure, InterruptedException {
    if (!opened.isEmpty() && progress.late()) {
      throw Failures.late(progress); // of the first connection: some drivers try another way then
    }
    Dialer.Connection connection = dialer.dial(target, tls, Optional.empty(), progress);
    opened.add(connection.socket());
    progress.enter(Progress.Stage.LOGIN);
    return connection.tls().<Socket>map(socket -> socket).orElse(connection.socket());
  }

  /// Connects to `target`. Its input stream returns the server's bytes as `way` transforms them.
  Socket open(Authority target, UnaryOperator<InputStream> way)
      throws IOException, ProbeFailure, InterruptedException {
    Socket socket = open(target, Optional.empty());
    opened.getLast().hear(way);
    return socket;
  }

  /// Begins to speak TLS on the connection opened last, as protocols do that begin in the clear.
  Socket secure(Authority target, TlsOptions options) throws ProbeFailure, InterruptedException {
    Socket tls = dialer.secure(opened.getLast(), target, options, progress).tls().orElseThrow();
    progress.enter(Progress.Stage.LOGIN);
    return tls;
  }

  /// The first address of `target`, for those that ask without a connection.
  InetAddress resolve(Authority target) throws ProbeFailure, InterruptedException {
    progress.at(target.toString());
    return dialer.resolve(target.host(), progress).getFirst();
  }

  /// From now on, messages of failures say that the query failed, not the login.
  void query() {
    progress.enter(Progress.Stage.QUERY);
  }

  /// How far the check has come.
  Progress progress() {
    return progress;
  }
}
