package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.config.H2Param;
import org.apache.hc.core5.http2.config.H2Setting;
import org.apache.hc.core5.http2.frame.DefaultFrameFactory;
import org.apache.hc.core5.http2.frame.FrameFactory;
import org.apache.hc.core5.http2.frame.FrameFlag;
import org.apache.hc.core5.http2.frame.FrameType;
import org.apache.hc.core5.http2.frame.RawFrame;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.http2.impl.io.FrameInputBuffer;
import org.apache.hc.core5.http2.impl.io.FrameOutputBuffer;
import org.apache.hc.core5.util.ByteArrayBuffer;

/// One unary gRPC call on a connection of its own: the first and only stream of HTTP/2 on it.
///
/// Plain blocking reads on the socket, so that its deadline holds, with the frames and the header
/// compression of httpcore5-h2, which comes with the HTTP client. Sources: RFC 9113, and gRPC over
/// HTTP/2 (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).
final class GrpcCall {
  /// What was answered.
  ///
  /// @param status the HTTP status, 200 from everything that speaks gRPC
  /// @param code the gRPC status code; -1 if there is none
  /// @param words what goes with the code
  /// @param message the answered protobuf message; empty if there is none
  record Answer(int status, int code, String words, ByteBuffer message) {}

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STREAM = 1;
  private static final int FRAME = 16_384;
  private static final int MOST_FRAMES = 1000;
  private static final int MOST_BYTES = 64 << 10;
  private static final int TABLE = 4096; // HTTP/2's default
  private static final int PREFIX = 5;

  private final FrameFactory frames = DefaultFrameFactory.INSTANCE;
  private final FrameOutputBuffer output = new FrameOutputBuffer(FRAME);
  private final FrameInputBuffer input = new FrameInputBuffer(FRAME);
  private final HPackDecoder decoder = new HPackDecoder(TABLE, StandardCharsets.US_ASCII);
  private final Map<String, String> headers = new HashMap<>();
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final InputStream in;
  private final OutputStream out;
  private boolean lastBlock;

  private GrpcCall(Socket socket) throws IOException {
    in = socket.getInputStream();
    out = socket.getOutputStream();
    decoder.setMaxListSize(MOST_BYTES);
  }

  /// Calls `path` with `message` and waits for the answer.
  ///
  /// @param authority the host and port that is asked, for the `:authority` header
  /// @param time how long the server may take; it is told so
  static Answer call(Socket socket, Authority authority, String path, byte[] message, Duration time)
      throws IOException, ProbeFailure {
    GrpcCall call = new GrpcCall(socket);
    try {
      boolean tls = socket instanceof SSLSocket;
      call.send(
          List.of(
              new BasicHeader(":method", "POST"),
              new BasicHeader(":scheme", tls ? "https" : "http"),
              new BasicHeader(":path", path),
              new BasicHeader(":authority", authority.text(tls ? 443 : 80)),
              new BasicHeader("content-type", "application/grpc"),
              new BasicHeader("te", "trailers"),
              new BasicHeader("user-agent", HttpAsker.userAgent()),
              new BasicHeader("grpc-timeout", Math.max(1, time.toMillis()) + "m")),
          message);
      return call.receive();
    } catch (ConnectionClosedException e) {
      throw ProbeFailure.answered("connection closed without an answer");
    } catch (H2ConnectionException e) {
      throw ProbeFailure.answered("the server does not speak HTTP/2 there: " + e.getMessage());
    }
  }

  private void send(List<Header> request, byte[] message) throws IOException {
    ByteArrayBuffer encoded = new ByteArrayBuffer(512);
    new HPackEncoder(0, StandardCharsets.US_ASCII).encodeHeaders(encoded, request, false);
    ByteBuffer framed = ByteBuffer.allocate(PREFIX + message.length);
    framed.put((byte) 0).putInt(message.length).put(message).flip();
    ByteArrayOutputStream all = new ByteArrayOutputStream(512);
    all.write(PREFACE);
    write(frames.createSettings(new H2Setting(H2Param.ENABLE_PUSH, 0)), all);
    ByteBuffer header = ByteBuffer.wrap(encoded.array(), 0, encoded.length());
    write(frames.createHeaders(STREAM, header, true, false), all);
    write(frames.createData(STREAM, framed, true), all);
    out.write(all.toByteArray());
    out.flush();
  }

  private void write(RawFrame frame, OutputStream to) throws IOException {
    output.write(frame, to);
  }

  private Answer receive() throws IOException, ProbeFailure {
    for (int i = 0; i < MOST_FRAMES; i++) {
      RawFrame frame = input.read(in);
      if (frame == null) {
        throw ProbeFailure.answered("connection closed without an answer");
      }
      if (take(frame)) {
        write(frames.createGoAway(0, H2Error.NO_ERROR, ""), out);
        out.flush();
        return answer();
      }
    }
    throw ProbeFailure.answered("the server sends frame after frame, and no answer");
  }

  /// Returns whether the answer ends with this frame.
  private boolean take(RawFrame frame) throws IOException, ProbeFailure {
    FrameType type = FrameType.valueOf(frame.getType());
    if (type == null) {
      return false; // to be ignored: RFC 9113, 5.5
    }
    switch (type) {
      case SETTINGS -> {
        if (!frame.isFlagSet(FrameFlag.ACK)) {
          write(frames.createSettingsAck(), out);
          out.flush();
        }
      }
      case PING -> {
        if (!frame.isFlagSet(FrameFlag.ACK)) {
          write(frames.createPingAck(frame.getPayload()), out);
          out.flush();
        }
      }
      case HEADERS -> {
        ByteBuffer content = content(frame);
        if (frame.isFlagSet(FrameFlag.PRIORITY)) {
          content.position(Math.min(content.limit(), content.position() + PREFIX));
        }
        lastBlock = frame.isFlagSet(FrameFlag.END_STREAM);
        return header(content, frame.isFlagSet(FrameFlag.END_HEADERS));
      }
      case CONTINUATION -> {
        return header(content(frame), frame.isFlagSet(FrameFlag.END_HEADERS));
      }
      case DATA -> {
        keep(content(frame), data);
        return frame.isFlagSet(FrameFlag.END_STREAM);
      }
      case RST_STREAM ->
          throw ProbeFailure.answered("the server broke the call off" + why(frame, 0));
      case GOAWAY -> {
        if (why(frame, 4).equals("")) {
          return false; // it goes on with what has begun
        }
        throw ProbeFailure.answered("the server ends the connection" + why(frame, 4));
      }
      case PRIORITY, PRIORITY_UPDATE, PUSH_PROMISE, WINDOW_UPDATE -> {}
    }
    return false;
  }

  private static ByteBuffer content(RawFrame frame) {
    ByteBuffer content = frame.getPayloadContent();
    return content == null ? ByteBuffer.allocate(0) : content;
  }

  /// The error code in `frame` in words; empty for none.
  private static String why(RawFrame frame, int at) {
    ByteBuffer payload = frame.getPayload();
    int code =
        payload == null || payload.remaining() < at + 4
            ? 0
            : payload.getInt(payload.position() + at);
    if (code == 0) {
      return "";
    }
    H2Error error = H2Error.getByCode(code);
    return " (" + (error == null ? "error " + code : error.name()) + ")";
  }

  private boolean header(ByteBuffer content, boolean complete) throws IOException, ProbeFailure {
    keep(content, block);
    if (!complete) {
      return false;
    }
    try {
      for (Header header : decoder.decodeHeaders(ByteBuffer.wrap(block.toByteArray()))) {
        headers.put(header.getName(), String.valueOf(header.getValue()));
      }
    } catch (HttpException e) {
      throw ProbeFailure.answered("the answer's header is broken: " + Failures.message(e));
    }
    block.reset();
    return lastBlock;
  }

  private static void keep(ByteBuffer content, ByteArrayOutputStream to) throws ProbeFailure {
    if (to.size() + content.remaining() > MOST_BYTES) {
      throw ProbeFailure.answered("the answer is longer than 64 KiB");
    }
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    to.writeBytes(bytes);
  }

  private Answer answer() {
    byte[] body = data.toByteArray();
    int length = body.length < PREFIX ? 0 : ByteBuffer.wrap(body).getInt(1);
    int start = Math.min(PREFIX, body.length);
    ByteBuffer message =
        ByteBuffer.wrap(body, start, Math.clamp(length, 0, body.length - start)).slice();
    return new Answer(number(":status"), number("grpc-status"), words(), message);
  }

  private int number(String name) {
    String value = headers.getOrDefault(name, "");
    return value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
  }

  private String words() {
    String raw = headers.getOrDefault("grpc-message", "");
    try {
      return Quoted.of(URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Quoted.of(raw);
    }
  }
}
