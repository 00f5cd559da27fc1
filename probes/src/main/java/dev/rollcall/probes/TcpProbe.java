package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Connects to a TCP port. Optionally it starts TLS, sends a text and waits for a text. Run it on
/// virtual threads: on others, an interrupt does not stop a read.
///
/// @param name name of the probe
/// @param question the port, what to send and what to expect
/// @param dialer shared with other probes
public record TcpProbe(String name, TcpQuestion question, Dialer dialer) implements Probe {
  private static final int MOST_READ = 64 << 10;

  /// A probe that succeeds if `address`, such as `db.example:5432`, accepts a connection within 5
  /// s.
  public static TcpProbe of(String name, String address) {
    return of(name, TcpQuestion.of(address));
  }

  /// A probe for `question`.
  public static TcpProbe of(String name, TcpQuestion question) {
    return new TcpProbe(name, question, Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Progress progress = new Progress(attempt);
    try {
      ask(progress);
    } catch (IOException e) {
      throw Failures.of(e, progress);
    } finally {
      attempt.took(Phase.TOTAL, attempt.elapsed());
    }
  }

  private void ask(Progress progress) throws IOException, ProbeFailure, InterruptedException {
    Dialer.Connection connection =
        dialer.dial(question.target(), question.tls(), question.connectTimeout(), progress);
    // Closing the TLS layer closes the socket beneath it.
    try (Socket socket = connection.tls().<Socket>map(tls -> tls).orElse(connection.socket())) {
      progress.enter(Progress.Stage.SENDING);
      if (question.send().isPresent()) {
        socket.getOutputStream().write(question.send().get().getBytes(StandardCharsets.UTF_8));
      }
      if (question.expect().isPresent()) {
        await(question.expect().get(), socket.getInputStream(), progress);
      }
    }
  }

  /// Reads until `expected` has come. Bytes are compared, each as one Latin-1 character.
  private static void await(String expected, InputStream in, Progress progress)
      throws IOException, ProbeFailure {
    String wanted =
        new String(expected.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    String end = ""; // of what was received: what `expected` may have begun in
    int received = 0;
    byte[] part = new byte[1024];
    progress.enter(Progress.Stage.WAITING);
    while (received < MOST_READ) {
      int count = in.read(part);
      if (count < 0) {
        throw ProbeFailure.answered(
            received == 0
                ? "connection closed without an answer (expected \"%s\")".formatted(expected)
                : "answer does not contain \"%s\"".formatted(expected));
      }
      if (received == 0) {
        progress.took(Phase.FIRST_BYTE);
        progress.enter(Progress.Stage.EXPECTING);
      }
      received += count;
      String seen = end + new String(part, 0, count, StandardCharsets.ISO_8859_1);
      if (seen.contains(wanted)) {
        return;
      }
      end = seen.substring(Math.max(0, seen.length() - wanted.length() + 1));
    }
    throw ProbeFailure.answered(
        "the first 64 KiB of the answer do not contain \"%s\"".formatted(expected));
  }
}
