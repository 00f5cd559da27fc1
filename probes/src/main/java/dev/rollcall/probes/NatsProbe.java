package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/// Connects to a NATS server, logs in if the URL has a user, and sends `PING`: `nats://host`,
/// `nats://user:password@host`, with TLS `nats+tls://`. A user without a password is a token, as in
/// NATS.
///
/// It does not use NATS's own client, which starts several threads for each connection. The
/// [protocol](https://docs.nats.io/reference/reference-protocols/nats-protocol) is four lines of
/// text.
///
/// @param name name of the probe
/// @param server port 4222 if the URL has none
/// @param dialer shared with other probes
public record NatsProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 4222;
  private static final int LONGEST_LINE = 64 << 10;

  /// Validates the URL.
  public NatsProbe {
    server.understandsNoPath(Set.of());
    server.target(PORT);
    if (server.login().isPresent() && server.login().get().password().isEmpty()) {
      server = server.login("", server.login().get().user()); // What is secret is the password.
    }
  }

  /// A probe of the server at `url`.
  public static NatsProbe of(String name, String url) {
    return new NatsProbe(name, ServerUrl.of(url), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          boolean secure = server.scheme().endsWith("+tls");
          Authority target = server.target(PORT);
          Socket socket = session.open(target, Optional.empty());
          String info = line(socket.getInputStream());
          if (!info.startsWith("INFO ")) {
            throw ProbeFailure.answered("login: the answer is no NATS");
          }
          if (!secure && info.contains("\"tls_required\":true")) {
            throw ProbeFailure.answered("login: the server wants TLS: write nats+tls://");
          }
          if (secure) {
            socket = session.secure(target, server.tls());
          }
          String hello = "CONNECT {%s}\r\nPING\r\n".formatted(options());
          socket.getOutputStream().write(hello.getBytes(StandardCharsets.UTF_8));
          String answer = line(socket.getInputStream());
          if (answer.startsWith("-ERR")) {
            throw ProbeFailure.answered("login: " + answer.substring(4).strip());
          }
          if (!answer.equals("PONG")) {
            throw ProbeFailure.answered("query: the answer to PING is no PONG");
          }
        });
  }

  private String options() {
    String always = "\"verbose\":false,\"pedantic\":false,\"name\":\"rollcall\"";
    if (server.login().isEmpty()) {
      return always;
    }
    Login login = server.login().get();
    return always
        + (login.user().isEmpty()
            ? ",\"auth_token\":" + JsonText.of(login.password())
            : ",\"user\":%s,\"pass\":%s"
                .formatted(JsonText.of(login.user()), JsonText.of(login.password())));
  }

  /// Reads byte by byte, since what follows the line may be TLS.
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      if (line.length() == LONGEST_LINE) {
        throw new IOException("a line longer than 64 KiB");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }
}
