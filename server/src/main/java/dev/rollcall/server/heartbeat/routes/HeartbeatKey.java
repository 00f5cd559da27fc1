package dev.rollcall.server.heartbeat.routes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.http.Authenticator;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Request;
import java.security.MessageDigest;
import java.util.Optional;

/// Recognizes jobs by the key that all of them send: `key=KEY`, or the header `Ping-Key`.
public final class HeartbeatKey implements Authenticator {
  private static final String HEADER = "Ping-Key";
  private static final Finding SENDER = new Finding.Known(new Caller.Sender());

  private final byte[] key;

  public HeartbeatKey(String key) {
    this.key = key.getBytes(UTF_8);
  }

  /// @throws dev.rollcall.server.http.Refusal (400) if the query cannot be parsed
  @Override
  public Finding find(Request request) {
    Optional<String> shown = request.query("key").or(() -> request.header(HEADER));
    if (shown.isEmpty()) {
      return new Finding.Unknown(
          "a key is required: send key=KEY, or a header " + HEADER + ": KEY");
    }
    return MessageDigest.isEqual(key, shown.get().getBytes(UTF_8))
        ? SENDER
        : new Finding.Unknown("the key is wrong");
  }
}
