package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Phase;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Against grpc-java's own server and health service.
class GrpcProbeTest {
  private final HealthStatusManager health = new HealthStatusManager();
  private Server server = start(InsecureServerCredentials.create(), true);

  private Server start(ServerCredentials credentials, boolean withHealth) {
    try {
      var builder = Grpc.newServerBuilderForPort(0, credentials);
      return withHealth
          ? builder.addService(health.getHealthService()).build().start()
          : builder.build().start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }

  private Checked check(String path) {
    return Checked.of(
        GrpcProbe.of("it", "grpc://127.0.0.1:%d%s".formatted(server.getPort(), path)));
  }

  @Test
  void isContentWithAServerThatIsServing() {
    Checked checked = check("");
    checked.assertUp();
    assertThat(checked.attempt().time(Phase.FIRST_BYTE)).isPresent();
  }

  @ParameterizedTest
  @EnumSource(
      value = ServingStatus.class,
      names = {"UNKNOWN", "SERVING", "NOT_SERVING"})
  void tellsHowOneServiceIs(ServingStatus status) {
    health.setStatus("shop.Orders", status);
    Checked checked = check("/shop.Orders");
    if (status == ServingStatus.SERVING) {
      checked.assertUp();
    } else {
      assertThat(checked.reason()).isEqualTo(status + " (service shop.Orders)");
      assertThat(checked.failure().answered()).isTrue();
    }
  }

  @Test
  void asksAboutAServiceOfALongName() {
    String name = "n".repeat(700);
    health.setStatus(name, ServingStatus.SERVING);
    check("/" + name).assertUp();
  }

  @Test
  void tellsAnUnknownServiceAndAServerWithoutHealthService() throws InterruptedException {
    assertThat(check("/gone").reason()).isEqualTo("the server does not know service gone");
    stop();
    server = start(InsecureServerCredentials.create(), false);
    assertThat(check("").reason())
        .isEqualTo("the server has no health service (grpc.health.v1.Health)");
  }

  @Test
  void speaksTlsAndLooksAtTheCertificate(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("grpc", -1, 30, "ip:127.0.0.1");
    stop();
    server =
        start(
            TlsServerCredentials.create(
                certificates.pem("grpc").toFile(), certificates.key("grpc").toFile()),
            true);
    ServerUrl url = ServerUrl.of("grpcs://127.0.0.1:" + server.getPort());
    Checked checked =
        Checked.of(
            new GrpcProbe(
                "it",
                url.tls(TlsOptions.DEFAULT.trusting(certificates.pem("ca"))),
                Dialer.system()));
    checked.assertUp();
    assertThat(checked.attempt().certificateExpiry()).isPresent();
    assertThat(Checked.of(new GrpcProbe("it", url, Dialer.system())).reason())
        .startsWith("TLS: certificate");
    assertThat(check("").reason()).isNotEmpty(); // in clear
  }

  @Test
  void tellsAServerThatSpeaksNoHttp2() throws IOException {
    try (RawServer http =
        new RawServer(
            line -> {
              line.request();
              line.answer(400, "", "no");
            })) {
      assertThat(Checked.of(GrpcProbe.of("it", "grpc://127.0.0.1:" + http.port())).reason())
          .startsWith("the server does not speak HTTP/2 there");
    }
  }

  @Test
  void saysWhereItHangsOrIsRefused() throws IOException {
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      assertThat(
              Checked.of(
                      GrpcProbe.of("it", "grpc://127.0.0.1:" + silent.port()),
                      Duration.ofMillis(200))
                  .reason())
          .isEqualTo("timeout: no answer within 200 ms (connected, waiting for the first byte)");
    }
    int port = ServerRun.freePort();
    assertThat(Checked.of(GrpcProbe.of("it", "grpc://127.0.0.1:" + port)).reason())
        .isEqualTo("connect: refused by 127.0.0.1:" + port);
    try (RawServer closing = new RawServer(line -> {})) {
      assertThat(Checked.of(GrpcProbe.of("it", "grpc://127.0.0.1:" + closing.port())).reason())
          .matches("connection (closed without an answer|reset.*)");
    }
  }
}
