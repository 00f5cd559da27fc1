package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocket;

/// Calls the health service of a gRPC server, for the whole server or for one service.
///
/// `grpc://host:port` uses HTTP/2 without TLS, `grpcs://host:port` with TLS. A path names the
/// service (`grpcs://orders.example:443/shop.Orders`); without a path, the whole server is checked.
/// Source: `grpc.health.v1.Health/Check`,
/// <https://github.com/grpc/grpc/blob/master/doc/health-checking.md>.
///
/// @param name name of the probe
/// @param server where it is; port 80, or 443 with `grpcs`, if none is given
/// @param dialer shared with other probes
public record GrpcProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final String PATH = "/grpc.health.v1.Health/Check";
  private static final int LONGEST_NAME = 1000;
  private static final int OK = 0;
  private static final int NOT_FOUND = 5;
  private static final int UNIMPLEMENTED = 12;

  private static final List<String> CODES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  /// Validates the URL.
  public GrpcProbe {
    server.understands(Set.of(), Set.of());
    target(server);
    if (server.path().length() > LONGEST_NAME) {
      throw new IllegalArgumentException("the service's name is longer than 1000 characters");
    }
  }

  /// A probe of `url`, 3 s at most.
  public static GrpcProbe of(String name, String url) {
    return new GrpcProbe(name, ServerUrl.of(url), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(attempt, server, dialer, this::ask);
  }

  private static boolean secure(ServerUrl server) {
    return server.scheme().equals("grpcs");
  }

  private static Authority target(ServerUrl server) {
    return server.target(secure(server) ? 443 : 80);
  }

  private void ask(Session session) throws Exception {
    boolean secure = secure(server);
    Authority target = target(server);
    Socket socket =
        session.open(target, secure ? Optional.of(server.tls().speaking("h2")) : Optional.empty());
    if (socket instanceof SSLSocket tls && !"h2".equals(tls.getApplicationProtocol())) {
      throw ProbeFailure.answered("TLS: the server does not offer HTTP/2 (%s)".formatted(target));
    }
    session.progress().enter(Progress.Stage.WAITING);
    GrpcCall.Answer answer =
        GrpcCall.call(socket, target, PATH, request(), session.progress().attempt().remaining());
    session.progress().took(Phase.FIRST_BYTE);
    judge(answer);
  }

  /// `HealthCheckRequest { string service = 1; }`
  private byte[] request() {
    byte[] service = server.path().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    if (service.length > 0) {
      message.write((1 << 3) | 2);
      for (int left = service.length; ; left >>>= 7) {
        message.write(left < 0x80 ? left : (left & 0x7f) | 0x80);
        if (left < 0x80) {
          break;
        }
      }
      message.writeBytes(service);
    }
    return message.toByteArray();
  }

  private void judge(GrpcCall.Answer answer) throws ProbeFailure {
    String about = server.path().isEmpty() ? "" : " (service " + server.path() + ")";
    if (answer.status() != 200) {
      throw ProbeFailure.answered("no gRPC: status %d (expected 200)".formatted(answer.status()));
    }
    switch (answer.code()) {
      case OK -> {
        String status = status(answer.message());
        if (!status.equals("SERVING")) {
          throw ProbeFailure.answered(status + about);
        }
      }
      case NOT_FOUND ->
          throw ProbeFailure.answered("the server does not know service " + server.path());
      case UNIMPLEMENTED ->
          throw ProbeFailure.answered("the server has no health service (grpc.health.v1.Health)");
      case -1 -> throw ProbeFailure.answered("the answer has no gRPC status");
      default ->
          throw ProbeFailure.answered(
              "gRPC status %d%s%s%s"
                  .formatted(
                      answer.code(),
                      answer.code() < CODES.size() ? " " + CODES.get(answer.code()) : "",
                      about,
                      answer.words().isEmpty() ? "" : ": " + answer.words()));
    }
  }

  /// `HealthCheckResponse { enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2;
  /// SERVICE_UNKNOWN = 3; } ServingStatus status = 1; }`
  private static String status(ByteBuffer message) throws ProbeFailure {
    int value = 0;
    if (message.hasRemaining()) {
      if (message.remaining() < 2 || message.get(0) != 1 << 3) {
        throw ProbeFailure.answered("the answer is no health status");
      }
      value = message.get(1);
    }
    return switch (value) {
      case 0 -> "UNKNOWN";
      case 1 -> "SERVING";
      case 2 -> "NOT_SERVING";
      case 3 -> "SERVICE_UNKNOWN";
      default -> "unknown status " + value;
    };
  }
}
