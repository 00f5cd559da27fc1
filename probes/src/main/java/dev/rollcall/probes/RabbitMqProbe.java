package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/// Logs in to RabbitMQ, or another broker of AMQP 0-9-1, opens the virtual host and closes it:
/// `amqp://user:password@host/vhost`, with TLS `amqps://`. No channel, no queue.
///
/// It does not use RabbitMQ's own client, which starts threads for each connection. The handshake
/// is a few frames ([specification](https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf), 2.2.4
/// and 4.2).
///
/// @param name name of the probe
/// @param server port 5672 (with TLS 5671), user and password `guest`, virtual host `/` if the URL
///   has none
/// @param dialer shared with other probes
public record RabbitMqProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final byte[] GREETING = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  private static final int METHOD = 1;
  private static final int END = 0xCE;
  private static final int MOST_READ = 128 << 10;

  /// Class 10, Connection, and its methods.
  private static final int START = 10 << 16 | 10;

  private static final int START_OK = 10 << 16 | 11;
  private static final int TUNE = 10 << 16 | 30;
  private static final int TUNE_OK = 10 << 16 | 31;
  private static final int OPEN = 10 << 16 | 40;
  private static final int OPEN_OK = 10 << 16 | 41;
  private static final int CLOSE = 10 << 16 | 50;
  private static final int CLOSE_OK = 10 << 16 | 51;

  /// Parameters that URLs of applications often have, which are ignored.
  private static final Set<String> ASIDE =
      Set.of(
          "blocked_connection_timeout",
          "channel_max",
          "connection_attempts",
          "connection_timeout",
          "frame_max",
          "heartbeat",
          "locale",
          "retry_delay",
          "socket_timeout");

  /// Validates the URL.
  public RabbitMqProbe {
    server.understands(ASIDE, Set.of());
    server.target(port(server));
    if (server.path().getBytes(StandardCharsets.UTF_8).length > 255) {
      throw new IllegalArgumentException("the virtual host is longer than 255 bytes");
    }
  }

  /// A probe of the broker at `url`.
  public static RabbitMqProbe of(String name, String url) {
    return new RabbitMqProbe(name, ServerUrl.of(url), Dialer.system());
  }

  private static int port(ServerUrl server) {
    return server.scheme().equals("amqps") ? 5671 : 5672;
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          Optional<TlsOptions> tls =
              server.scheme().equals("amqps") ? Optional.of(server.tls()) : Optional.empty();
          ask(session, session.open(server.target(port(server)), tls));
        });
  }

  private void ask(Session session, Socket socket) throws IOException, ProbeFailure {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    out.write(GREETING);
    expect(START, in, "login: ");
    Login login = server.login().orElse(new Login("guest", "guest"));
    send(
        out,
        START_OK,
        new Frame()
            .table(capabilities())
            .shortText("PLAIN")
            .longText("\0" + login.user() + "\0" + login.password())
            .shortText("en_US"));
    ByteBuffer limits = expect(TUNE, in, "login: ");
    int channels = limits.getShort();
    int frame = limits.getInt();
    send(out, TUNE_OK, new Frame().number(2, channels).number(4, frame).number(2, 0));
    session.query();
    String host = server.path().isEmpty() ? "/" : server.path();
    send(out, OPEN, new Frame().shortText(host).shortText("").number(1, 0));
    expect(OPEN_OK, in, "query: ");
    send(out, CLOSE, new Frame().number(2, 200).shortText("").number(4, 0));
    expect(CLOSE_OK, in, "query: ");
  }

  /// That a refused login is said with its reason, and not by closing the connection.
  private static byte[] capabilities() {
    byte[] wanted =
        new Frame().shortText("authentication_failure_close").number(1, 't').number(1, 1).bytes();
    return new Frame()
        .shortText("product")
        .number(1, 'S')
        .longText("Rollcall")
        .shortText("capabilities")
        .number(1, 'F')
        .table(wanted)
        .bytes();
  }

  private static void send(OutputStream out, int method, Frame arguments) throws IOException {
    byte[] payload = new Frame().number(4, method).raw(arguments.bytes()).bytes();
    out.write(
        new Frame()
            .number(1, METHOD)
            .number(2, 0)
            .number(4, payload.length)
            .raw(payload)
            .number(1, END)
            .bytes());
  }

  /// Reads the next method of the connection, which has to be `method`; its arguments follow.
  private static ByteBuffer expect(int method, DataInputStream in, String stage)
      throws IOException, ProbeFailure {
    while (true) {
      int type = in.readUnsignedByte();
      int channel = in.readUnsignedShort();
      int length = in.readInt();
      if (type == 'A' || length < 0 || length > MOST_READ) {
        throw ProbeFailure.answered(stage + "the answer is no AMQP 0-9-1");
      }
      byte[] payload = new byte[length];
      in.readFully(payload);
      if (in.readUnsignedByte() != END) {
        throw ProbeFailure.answered(stage + "the answer is no AMQP 0-9-1");
      }
      if (type != METHOD || channel != 0 || length < 4) {
        continue; // a heartbeat
      }
      ByteBuffer arguments = ByteBuffer.wrap(payload);
      int got = arguments.getInt();
      if (got == method) {
        return arguments;
      }
      if (got == CLOSE) {
        arguments.getShort();
        byte[] text = new byte[arguments.get() & 0xFF];
        arguments.get(text);
        throw ProbeFailure.answered(stage + new String(text, StandardCharsets.UTF_8));
      }
      throw ProbeFailure.answered(
          stage + "the broker answered with method %d.%d".formatted(got >> 16, got & 0xFFFF));
    }
  }

  /// The bytes of a frame or of a part of one.
  private static final class Frame {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    byte[] bytes() {
      return bytes.toByteArray();
    }

    Frame raw(byte[] more) {
      bytes.writeBytes(more);
      return this;
    }

    Frame number(int size, int number) {
      for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
        bytes.write(number >> shift);
      }
      return this;
    }

    Frame shortText(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      return number(1, utf8.length).raw(utf8);
    }

    Frame longText(String text) {
      return table(text.getBytes(StandardCharsets.UTF_8));
    }

    Frame table(byte[] fields) {
      return number(4, fields.length).raw(fields);
    }
  }
}
