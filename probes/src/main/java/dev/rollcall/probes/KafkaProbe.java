package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Asks a Kafka broker for its protocol versions, after a SASL login if the URL has a user:
/// `kafka://broker:9092`, with TLS `kafka+tls://`. It contacts only the named broker, so each
/// broker can be checked separately.
///
/// The parameter `mechanism` is `PLAIN` (the default), `SCRAM-SHA-256` or `SCRAM-SHA-512`.
///
/// It does not use Kafka's own client, which starts threads, connects to the addresses that brokers
/// advertise, and ignores interrupts. It sends a few bytes of a documented
/// [protocol](https://kafka.apache.org/protocol): `ApiVersions` 0, `SaslHandshake` 1,
/// `SaslAuthenticate` 0.
///
/// @param name name of the probe
/// @param server port 9092 if the URL has none
/// @param dialer shared with other probes
public record KafkaProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 9092;
  private static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
  private static final int MOST_READ = 1 << 20;

  private static final int SASL_HANDSHAKE = 17;
  private static final int API_VERSIONS = 18;
  private static final int SASL_AUTHENTICATE = 36;
  private static final int UNSUPPORTED_VERSION = 35;

  /// Validates the URL.
  public KafkaProbe {
    server.understandsNoPath(Set.of("mechanism"));
    server.target(PORT);
    if (!MECHANISMS.contains(mechanism(server))) {
      throw new IllegalArgumentException(
          "mechanism %s is none of %s".formatted(mechanism(server), String.join(", ", MECHANISMS)));
    }
  }

  /// A probe of the broker at `url`.
  public static KafkaProbe of(String name, String url) {
    return new KafkaProbe(name, ServerUrl.of(url), Dialer.system());
  }

  private static String mechanism(ServerUrl server) {
    return server.parameter("mechanism").orElse("PLAIN").toUpperCase(Locale.ROOT);
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          Optional<TlsOptions> tls =
              server.scheme().endsWith("+tls") ? Optional.of(server.tls()) : Optional.empty();
          Broker broker = new Broker(session.open(server.target(PORT), tls));
          if (server.login().isPresent()) {
            login(broker, server.login().get());
          }
          session.query();
          short error = broker.ask(API_VERSIONS, 0, new byte[0]).getShort();
          // A broker that knows this request, though not this version of it, is well.
          if (error != 0 && error != UNSUPPORTED_VERSION) {
            throw ProbeFailure.answered("query: the broker answered with error " + error);
          }
        });
  }

  private void login(Broker broker, Login login) throws IOException, ProbeFailure {
    String mechanism = mechanism(server);
    ByteBuffer offered = broker.ask(SASL_HANDSHAKE, 1, text(mechanism));
    short error = offered.getShort();
    if (error != 0) {
      throw ProbeFailure.answered(
          switch (error) {
            case 33 ->
                "login: the broker does not offer the mechanism %s, but %s"
                    .formatted(mechanism, strings(offered));
            case 34 -> "login: the broker wants no login on this port";
            default -> "login: the broker answered with error " + error;
          });
    }
    if (mechanism.equals("PLAIN")) {
      authenticate(broker, "\0" + login.user() + "\0" + login.password());
      return;
    }
    Scram scram = new Scram(mechanism.substring("SCRAM-".length()), login.user(), login.password());
    scram.verify(authenticate(broker, scram.last(authenticate(broker, scram.first()))));
  }

  /// One step of the login.
  private static String authenticate(Broker broker, String message)
      throws IOException, ProbeFailure {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    ByteBuffer answer =
        broker.ask(
            SASL_AUTHENTICATE,
            0,
            ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
    short error = answer.getShort();
    String why = string(answer, answer.getShort());
    if (error != 0) {
      throw ProbeFailure.answered(
          "login: " + (why.isEmpty() ? "the broker answered with error " + error : why));
    }
    return string(answer, answer.getInt());
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + bytes.length).putShort((short) bytes.length).put(bytes).array();
  }

  private static String strings(ByteBuffer answer) {
    StringBuilder strings = new StringBuilder();
    for (int left = answer.getInt(); left > 0; left--) {
      strings.append(strings.isEmpty() ? "" : ", ").append(string(answer, answer.getShort()));
    }
    return strings.isEmpty() ? "none" : strings.toString();
  }

  /// A string of `length` bytes, -1 for none.
  private static String string(ByteBuffer answer, int length) {
    byte[] bytes = new byte[Math.clamp(length, 0, answer.remaining())];
    answer.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// A connection to a broker, which answers requests in their order.
  private static final class Broker {
    private final DataInputStream in;
    private final DataOutputStream out;
    private int number;

    Broker(Socket socket) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    /// Sends a request and reads its answer, header taken off.
    ByteBuffer ask(int what, int version, byte[] body) throws IOException, ProbeFailure {
      byte[] client = text("rollcall");
      number++;
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(
          ByteBuffer.allocate(12)
              .putInt(8 + client.length + body.length)
              .putShort((short) what)
              .putShort((short) version)
              .putInt(number)
              .array());
      request.writeBytes(client);
      request.writeBytes(body);
      out.write(request.toByteArray());
      out.flush();
      int length = in.readInt();
      if (length < 6 || length > MOST_READ || in.readInt() != number) {
        throw ProbeFailure.answered("query: the answer is no Kafka");
      }
      byte[] answer = new byte[length - 4];
      in.readFully(answer);
      return ByteBuffer.wrap(answer);
    }
  }
}
