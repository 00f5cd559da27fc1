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
final class Talk {
  /// What is said. The talk's stages are entered as it goes on.
  interface Conversation {
    void hold(Talk talk) throws Exception;
  }

  private final Dialer dialer;
  private final Trail trail;
  private final List<DeadlineSocket> opened = new ArrayList<>();

  private Talk(Dialer dialer, Trail trail) {
    this.dialer = dialer;
    this.trail = trail;
  }

  /// Holds `conversation` with `server`.
  ///
  /// @throws ProbeFailure with what went wrong, in one line
  static void hold(Attempt attempt, ServerUrl server, Dialer dialer, Conversation conversation)
      throws ProbeFailure, InterruptedException {
    Secrets secrets = server.secrets();
    Attempt own = attempt.limitedTo(server.limit());
    Talk talk = new Talk(dialer, new Trail(own));
    try {
      conversation.hold(talk);
    } catch (InterruptedException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      throw ProbeFailure.here("out of memory (%s)".formatted(talk.trail.words()));
    } catch (Exception e) {
      throw secrets.hide(Failures.of(e, talk.trail));
    } finally {
      talk.opened.forEach(Dialer::closeQuietly);
      own.took(Phase.TOTAL, own.elapsed());
    }
  }

  /// Connects to `target`, speaking TLS at once if `tls` says how. What fails from here on is told
  /// as the login's.
  Socket open(Authority target, Optional<TlsOptions> tls)
      throws ProbeFailure, InterruptedException {
    if (!opened.isEmpty() && trail.late()) {
      throw Failures.late(trail); // of the first connection: some drivers try another way then
    }
    Dialer.Connection connection = dialer.dial(target, tls, Optional.empty(), trail);
    opened.add(connection.socket());
    trail.enter(Trail.Stage.LOGIN);
    return connection.tls().<Socket>map(socket -> socket).orElse(connection.socket());
  }

  /// Connects to `target` for somebody who gets what `way` makes of that which the server sends.
  Socket open(Authority target, UnaryOperator<InputStream> way)
      throws IOException, ProbeFailure, InterruptedException {
    Socket socket = open(target, Optional.empty());
    opened.getLast().hear(way);
    return socket;
  }

  /// Begins to speak TLS on the connection opened last, as protocols do that begin in the clear.
  Socket secure(Authority target, TlsOptions options) throws ProbeFailure, InterruptedException {
    Socket tls = dialer.secure(opened.getLast(), target, options, trail).tls().orElseThrow();
    trail.enter(Trail.Stage.LOGIN);
    return tls;
  }

  /// The first address of `target`, for those that ask without a connection.
  InetAddress resolve(Authority target) throws ProbeFailure, InterruptedException {
    trail.at(target.toString());
    return dialer.resolve(target.host(), trail).getFirst();
  }

  /// From now on, failures are told as the query's.
  void query() {
    trail.enter(Trail.Stage.QUERY);
  }

  /// How far the check has come.
  Trail trail() {
    return trail;
  }
}
