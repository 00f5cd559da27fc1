package dev.rollcall.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// Connections to a real server, with a password and with TLS.
class RedisServersTest {
  @TempDir Path folder;

  private static String ping(String url) {
    try (Jedis redis = new RedisServers(RedisLocation.parse(url)).connect()) {
      return redis.ping();
    }
  }

  @Test
  void speaksTlsWithAServerThatItTrusts() throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    Process made =
        new ProcessBuilder(
                ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                        + " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout "
                        + key
                        + " -out "
                        + certificate)
                    .split(" "))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(made.waitFor()).as(Files.readString(folder.resolve("openssl.log"))).isZero();
    int port = RedisServer.freePort();
    try (RedisServer server =
        RedisServer.plain(
            folder.resolve("redis"),
            "--requirepass",
            "hidden",
            "--tls-port",
            "" + port,
            "--tls-auth-clients",
            "no",
            "--tls-cert-file",
            "" + certificate,
            "--tls-key-file",
            "" + key)) {
      String tls = "rediss://:hidden@127.0.0.1:" + port;
      assertThat(ping(tls + "?ca=" + certificate)).isEqualTo("PONG");
      assertThat(ping("redis://:hidden@127.0.0.1:" + server.port())).isEqualTo("PONG");
      assertRefused(tls, "rediss://127.0.0.1:" + port + ": ");
      assertRefused(tls + "?ca=" + key, "the certificates in " + key);
      assertRefused("redis://:hidden2@127.0.0.1:" + server.port(), "WRONGPASS");
      assertRefused("redis://127.0.0.1:" + port, "redis://127.0.0.1:" + port + ": ");
    }
  }

  private static void assertRefused(String url, String why) {
    assertThatThrownBy(() -> ping(url))
        .isInstanceOf(RedisFailure.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("hidden")
        .doesNotContain("\n");
  }
}
