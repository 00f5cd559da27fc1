package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bson.BsonBinary;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonSerializationException;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/// Logs in to a MongoDB server, where the URL has a user (SCRAM-SHA-256, or SCRAM-SHA-1 where the
/// server keeps no other), and sends `ping`: `mongodb://user:password@host/?authSource=admin`.
/// Needs `org.mongodb:bson`.
///
/// Of the URL's parameters `authSource`, `authMechanism`, `tls` and `ssl` count. It asks the server
/// that is named; of several hosts it asks one after the other until one answers.
///
/// MongoDB's own driver starts threads for each client that watch every member of the set, on
/// connections of its own; what is asked here is `OP_MSG` on one connection
/// ([protocol](https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/)), with BSON by
/// MongoDB's library.
///
/// @param name what the probe is called
/// @param server port 27017 where it names none
/// @param dialer shared with other probes
public record MongoDbProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 27017;

  /// Checks the URL.
  ///
  /// @throws IllegalStateException if the library is missing
  public MongoDbProbe {
    Driver.MONGODB.need(MongoDbProbe.class);
    if (server.scheme().equals("mongodb+srv")) {
      throw new IllegalArgumentException(
          "mongodb+srv is not asked: name the hosts, as in mongodb://host1,host2");
    }
    hosts(server);
  }

  /// Asks the server of `url`.
  public static MongoDbProbe of(String name, String url) {
    return new MongoDbProbe(name, ServerUrl.of(url), Dialer.system());
  }

  private static List<Authority> hosts(ServerUrl server) {
    return Arrays.stream(String.valueOf(server.uri().getRawAuthority()).split(",", -1))
        .map(host -> Authority.parse(host, PORT))
        .toList();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    List<Authority> hosts = hosts(server);
    for (int i = 0; i < hosts.size() - 1; i++) {
      try {
        check(attempt, hosts.get(i));
        return;
      } catch (ProbeFailure e) {
        // The next may be well.
      }
    }
    check(attempt, hosts.getLast());
  }

  private void check(Attempt attempt, Authority host) throws ProbeFailure, InterruptedException {
    Talk.hold(
        attempt,
        server,
        dialer,
        talk -> {
          boolean secure =
              server
                  .parameter("tls")
                  .or(() -> server.parameter("ssl"))
                  .map(Boolean::parseBoolean)
                  .orElse(false);
          Wire wire =
              new Wire(talk.open(host, secure ? Optional.of(server.tls()) : Optional.empty()));
          if (server.login().isPresent()) {
            login(wire, server.login().get());
          }
          talk.query();
          wire.ask("query: ", "admin", new BsonDocument("ping", new BsonInt32(1)));
        });
  }

  private void login(Wire wire, Login login) throws IOException, ProbeFailure {
    String source =
        server.parameter("authSource").orElse(server.path().isEmpty() ? "admin" : server.path());
    String mechanism = mechanism(wire, source, login);
    Scram scram =
        mechanism.equals("SCRAM-SHA-1")
            ? new Scram("SHA-1", login.user(), digest(login))
            : new Scram("SHA-256", login.user(), login.password());
    BsonDocument start =
        new BsonDocument("saslStart", new BsonInt32(1))
            .append("mechanism", new BsonString(mechanism))
            .append("payload", payload(scram.first()))
            .append("options", new BsonDocument("skipEmptyExchange", BsonBoolean.TRUE));
    BsonDocument first = wire.ask("login: ", source, start);
    BsonDocument last = wire.ask("login: ", source, next(first, scram.last(payload(first))));
    scram.verify(payload(last));
    if (!last.getBoolean("done", BsonBoolean.FALSE).getValue()) {
      wire.ask("login: ", source, next(last, ""));
    }
  }

  /// The URL's mechanism, or the best that the server keeps of the user's password.
  private String mechanism(Wire wire, String source, Login login) throws IOException, ProbeFailure {
    Optional<String> given = server.parameter("authMechanism");
    if (given.isPresent()) {
      return given.get();
    }
    BsonDocument hello =
        new BsonDocument("hello", new BsonInt32(1))
            .append("saslSupportedMechs", new BsonString(source + "." + login.user()));
    BsonValue offered = wire.ask("login: ", "admin", hello).get("saslSupportedMechs");
    return offered != null
            && offered.isArray()
            && !offered.asArray().contains(new BsonString("SCRAM-SHA-256"))
            && offered.asArray().contains(new BsonString("SCRAM-SHA-1"))
        ? "SCRAM-SHA-1"
        : "SCRAM-SHA-256";
  }

  private static BsonDocument next(BsonDocument answer, String message) {
    return new BsonDocument("saslContinue", new BsonInt32(1))
        .append("conversationId", answer.get("conversationId", new BsonInt32(1)))
        .append("payload", payload(message));
  }

  private static BsonBinary payload(String message) {
    return new BsonBinary(message.getBytes(StandardCharsets.UTF_8));
  }

  private static String payload(BsonDocument answer) {
    return new String(
        answer.getBinary("payload", new BsonBinary(new byte[0])).getData(), StandardCharsets.UTF_8);
  }

  /// What stands for the password in SCRAM-SHA-1: the MD5 of an older scheme.
  private static String digest(Login login) {
    try {
      byte[] md5 =
          MessageDigest.getInstance("MD5")
              .digest(
                  (login.user() + ":mongo:" + login.password()).getBytes(StandardCharsets.UTF_8));
      return "%032x".formatted(new BigInteger(1, md5));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no MD5", e);
    }
  }

  /// A connection on which commands are answered one after the other.
  private static final class Wire {
    private static final int OP_MSG = 2013;
    private static final int MOST_READ = 16 << 20;
    private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

    private final DataInputStream in;
    private final OutputStream out;
    private int number;

    Wire(Socket socket) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /// Sends `command` and returns its answer.
    ///
    /// @throws ProbeFailure if the answer is an error
    BsonDocument ask(String stage, String database, BsonDocument command)
        throws IOException, ProbeFailure {
      byte[] body = encode(command.append("$db", new BsonString(database)));
      number++;
      out.write(
          little(21 + body.length)
              .putInt(21 + body.length)
              .putInt(number)
              .putInt(0)
              .putInt(OP_MSG)
              .putInt(0)
              .put((byte) 0)
              .put(body)
              .array());
      byte[] head = new byte[21];
      in.readFully(head, 0, 16);
      ByteBuffer header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      int length = header.getInt();
      if (length < 26
          || length > MOST_READ
          || header.getInt(8) != number
          || header.getInt(12) != OP_MSG) {
        throw ProbeFailure.answered(stage + "the answer is no MongoDB");
      }
      in.readFully(head, 16, 5);
      byte[] answer = new byte[length - 21];
      in.readFully(answer);
      return judged(stage, decode(stage, answer));
    }

    private static BsonDocument judged(String stage, BsonDocument answer) throws ProbeFailure {
      BsonValue ok = answer.get("ok");
      if (ok != null && ok.isNumber() && ok.asNumber().doubleValue() == 1) {
        return answer;
      }
      String why = answer.getString("errmsg", new BsonString("no reason given")).getValue();
      String code = answer.getString("codeName", new BsonString("")).getValue();
      throw ProbeFailure.answered(stage + why + (code.isEmpty() ? "" : " (" + code + ")"));
    }

    private static byte[] encode(BsonDocument document) {
      try (BasicOutputBuffer buffer = new BasicOutputBuffer();
          BsonBinaryWriter writer = new BsonBinaryWriter(buffer)) {
        CODEC.encode(writer, document, EncoderContext.builder().build());
        return buffer.toByteArray();
      }
    }

    private static BsonDocument decode(String stage, byte[] answer) throws ProbeFailure {
      try (BsonBinaryReader reader = new BsonBinaryReader(ByteBuffer.wrap(answer))) {
        return CODEC.decode(reader, DecoderContext.builder().build());
      } catch (BsonSerializationException e) {
        throw ProbeFailure.answered(stage + "the answer is no MongoDB");
      }
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
