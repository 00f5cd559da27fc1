package dev.rollcall.probes;

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

/// A connection to a MongoDB server, on which commands are answered one after the other.
///
/// Apart from the probe, so that nobody else needs MongoDB's library: the JVM looks for a class's
/// libraries as soon as the class itself is wanted.
final class MongoDbLine {
  private static final int OP_MSG = 2013;
  private static final int MOST_READ = 1 << 20;
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private final DataInputStream in;
  private final OutputStream out;
  private int number;

  MongoDbLine(Socket socket) throws IOException {
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /// Logs in as the server's URL says.
  void login(ServerUrl server, Login login) throws IOException, ProbeFailure {
    String source =
        server.parameter("authSource").orElse(server.path().isEmpty() ? "admin" : server.path());
    String mechanism = mechanism(server, source, login);
    Scram scram =
        mechanism.equals("SCRAM-SHA-1")
            ? new Scram("SHA-1", login.user(), digest(login))
            : new Scram("SHA-256", login.user(), login.password());
    BsonDocument start =
        new BsonDocument("saslStart", new BsonInt32(1))
            .append("mechanism", new BsonString(mechanism))
            .append("payload", payload(scram.first()))
            .append("options", new BsonDocument("skipEmptyExchange", BsonBoolean.TRUE));
    BsonDocument first = ask("login: ", source, start);
    BsonDocument last = ask("login: ", source, next(first, scram.last(payload(first))));
    scram.verify(payload(last));
    if (!last.getBoolean("done", BsonBoolean.FALSE).getValue()) {
      ask("login: ", source, next(last, ""));
    }
  }

  /// The URL's mechanism, or the best that the server keeps of the user's password.
  private String mechanism(ServerUrl server, String source, Login login)
      throws IOException, ProbeFailure {
    Optional<String> given = server.parameter("authMechanism");
    if (given.isPresent()) {
      return given.get();
    }
    BsonDocument hello =
        new BsonDocument("hello", new BsonInt32(1))
            .append("saslSupportedMechs", new BsonString(source + "." + login.user()));
    BsonValue offered = ask("login: ", "admin", hello).get("saslSupportedMechs");
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

  /// Asks whether the server is well.
  void ping() throws IOException, ProbeFailure {
    ask("query: ", "admin", new BsonDocument("ping", new BsonInt32(1)));
  }

  /// Sends `command` and returns its answer.
  ///
  /// @throws ProbeFailure if the answer is an error
  private BsonDocument ask(String stage, String database, BsonDocument command)
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
