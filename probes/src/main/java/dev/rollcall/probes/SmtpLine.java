package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The lines that go to and fro on a connection to a mail server (RFC 5321, 4.2).
final class SmtpLine {
  private static final int LONGEST = 2000;
  private static final int MOST_LINES = 100;

  private final InputStream in;
  private final OutputStream out;

  SmtpLine(Socket socket) throws IOException {
    in = new BufferedInputStream(socket.getInputStream(), 1024);
    out = socket.getOutputStream();
  }

  /// What the server said.
  ///
  /// @param code three digits
  /// @param lines what follows them, line by line
  record Reply(int code, List<String> lines) {
    /// Whether it offers `keyword` (RFC 5321, 4.1.1.1), with `value` among what follows it.
    boolean offers(String keyword, String... value) {
      return lines.stream()
          .map(line -> Arrays.asList(line.toUpperCase(Locale.ROOT).split("[ =]+")))
          .anyMatch(
              words -> words.getFirst().equals(keyword) && words.containsAll(Arrays.asList(value)));
    }
  }

  void say(String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /// Says `line`, and expects `code`.
  ///
  /// @param what the step is called in the message when something else comes
  Reply ask(String line, int code, String what) throws IOException, ProbeFailure {
    say(line);
    return expect(code, what);
  }

  Reply expect(int code, String what) throws IOException, ProbeFailure {
    List<String> lines = new ArrayList<>();
    while (lines.size() < MOST_LINES) {
      String line = read(what);
      if (!line.matches("(?s)[2-5][0-9]{2}([ -].*)?")) {
        throw ProbeFailure.answered(
            "%s: the server does not speak SMTP: %s".formatted(what, Quoted.of(line)));
      }
      lines.add(line.length() > 4 ? line.substring(4) : "");
      if (line.length() == 3 || line.charAt(3) == ' ') {
        Reply reply = new Reply(Integer.parseInt(line, 0, 3, 10), lines);
        if (reply.code() != code) {
          throw ProbeFailure.answered("%s: refused (%s)".formatted(what, Quoted.of(line)));
        }
        return reply;
      }
    }
    throw ProbeFailure.answered("%s: the answer has more than 100 lines".formatted(what));
  }

  /// Checks that nothing came after the last answer: what is injected before TLS begins must not be
  /// believed after.
  void nothingMore() throws IOException, ProbeFailure {
    if (in.available() > 0) {
      throw ProbeFailure.answered("STARTTLS: the server says more in clear before TLS begins");
    }
  }

  private String read(String what) throws IOException, ProbeFailure {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw ProbeFailure.answered(what + ": the server closed the connection");
      }
      if (line.length() == LONGEST) {
        throw ProbeFailure.answered(what + ": a line of the answer is longer than 2000 bytes");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }
}
