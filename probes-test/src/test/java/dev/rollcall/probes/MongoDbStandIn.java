package dev.rollcall.probes;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/// Stands in for MongoDB, of which no server can be had where the tests run. It speaks as is
/// documented: `OP_MSG` of the [wire
/// protocol](https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/), and the login
/// of the [authentication
/// specification](https://github.com/mongodb/specifications/blob/master/source/auth/auth.md) with
/// the server's side of SCRAM (RFC 5802) written anew, so that the probe's is not tested against
/// itself.
///
/// @param mechanism which the user's password is kept for
/// @param password of the user `app`
/// @param honest whether it proves that it knows the password itself
record MongoDbStandIn(String mechanism, String password, boolean honest)
    implements RawServer.Conversation {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
  private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int ROUNDS = 4096;
  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  /// One login.
  private static final class Login {
    private String first = "";
    private String answer = "";
    private boolean known;
  }

  @Override
  public void hold(RawServer.Line line) throws Exception {
    DataInputStream in = new DataInputStream(line.in());
    Login login = new Login();
    while (true) {
      byte[] header = in.readNBytes(16);
      if (header.length < 16) {
        return;
      }
      ByteBuffer numbers = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      byte[] body = in.readNBytes(numbers.getInt(0) - 16);
      if (numbers.getInt(12) != 2013 || body[4] != 0) {
        throw new IOException("no OP_MSG of one document");
      }
      BsonDocument command = decode(Arrays.copyOfRange(body, 5, body.length));
      line.server()
          .requests()
          .add(command.getFirstKey() + " " + command.getString("$db").getValue());
      byte[] answer = encode(answer(command, login));
      line.out()
          .write(
              ByteBuffer.allocate(21 + answer.length)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putInt(21 + answer.length)
                  .putInt(1)
                  .putInt(numbers.getInt(4))
                  .putInt(2013)
                  .putInt(0)
                  .put((byte) 0)
                  .put(answer)
                  .array());
    }
  }

  private BsonDocument answer(BsonDocument command, Login login) throws GeneralSecurityException {
    return switch (command.getFirstKey()) {
      case "hello" ->
          fine().append("saslSupportedMechs", new BsonArray(List.of(new BsonString(mechanism))));
      case "saslStart" -> first(command, login);
      case "saslContinue" -> last(command, login);
      case "ping" ->
          password.isEmpty() || login.known
              ? fine()
              : error(13, "Unauthorized", "Command ping requires authentication");
      default -> error(59, "CommandNotFound", "no such command");
    };
  }

  private BsonDocument first(BsonDocument command, Login login) {
    String text = text(command);
    if (!command.getString("mechanism").getValue().equals(mechanism)
        || !text.startsWith("n,,n=app,r=")) {
      return error(18, "AuthenticationFailed", "Authentication failed.");
    }
    login.first = text.substring(3);
    login.answer =
        "r=%s,s=%s,i=%d"
            .formatted(
                login.first.substring("n=app,r=".length()) + "+servers",
                BASE64.encodeToString(SALT),
                ROUNDS);
    return said(login.answer, false);
  }

  private BsonDocument last(BsonDocument command, Login login) throws GeneralSecurityException {
    Map<String, String> parts =
        Arrays.stream(text(command).split(",", -1))
            .collect(Collectors.toMap(part -> part.substring(0, 1), part -> part.substring(2)));
    String whole =
        login.first + "," + login.answer + ",c=" + parts.get("c") + ",r=" + parts.get("r");
    byte[] salted = salted();
    byte[] client = mac(salted, "Client Key");
    byte[] proof = mac(MessageDigest.getInstance(hash()).digest(client), whole);
    for (int i = 0; i < proof.length; i++) {
      proof[i] = (byte) (proof[i] ^ client[i]);
    }
    if (!MessageDigest.isEqual(proof, Base64.getDecoder().decode(parts.get("p")))) {
      return error(18, "AuthenticationFailed", "Authentication failed.");
    }
    login.known = true;
    byte[] own = honest ? mac(mac(salted, "Server Key"), whole) : proof;
    return said("v=" + BASE64.encodeToString(own), true);
  }

  private String hash() {
    return mechanism.equals("SCRAM-SHA-1") ? "SHA-1" : "SHA-256";
  }

  private byte[] salted() throws GeneralSecurityException {
    boolean old = hash().equals("SHA-1");
    byte[] md5 =
        MessageDigest.getInstance("MD5")
            .digest(("app:mongo:" + password).getBytes(StandardCharsets.UTF_8));
    String kept = old ? HexFormat.of().formatHex(md5) : password;
    return SecretKeyFactory.getInstance(old ? "PBKDF2WithHmacSHA1" : "PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(kept.toCharArray(), SALT, ROUNDS, old ? 160 : 256))
        .getEncoded();
  }

  private byte[] mac(byte[] key, String text) throws GeneralSecurityException {
    String algorithm = "Hmac" + hash().replace("-", "");
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key, algorithm));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(BsonDocument command) {
    return new String(command.getBinary("payload").getData(), StandardCharsets.UTF_8);
  }

  private static BsonDocument said(String text, boolean done) {
    return fine()
        .append("conversationId", new BsonInt32(7))
        .append("done", BsonBoolean.valueOf(done))
        .append("payload", new BsonBinary(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static BsonDocument fine() {
    return new BsonDocument("ok", new BsonDouble(1));
  }

  private static BsonDocument error(int code, String name, String message) {
    return new BsonDocument("ok", new BsonDouble(0))
        .append("errmsg", new BsonString(message))
        .append("code", new BsonInt32(code))
        .append("codeName", new BsonString(name));
  }

  private static byte[] encode(BsonDocument document) {
    try (BasicOutputBuffer buffer = new BasicOutputBuffer();
        BsonBinaryWriter writer = new BsonBinaryWriter(buffer)) {
      CODEC.encode(writer, document, EncoderContext.builder().build());
      return buffer.toByteArray();
    }
  }

  private static BsonDocument decode(byte[] bytes) {
    try (BsonBinaryReader reader = new BsonBinaryReader(ByteBuffer.wrap(bytes))) {
      return CODEC.decode(reader, DecoderContext.builder().build());
    }
  }
}
