package dev.rollcall.probes;

import static dev.rollcall.probes.Leftovers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that goes on sending a byte at a time, so that no single read takes long, holds no
/// probe beyond its limit.
class DrippingServersTest {
  private static final Duration LIMIT = Duration.ofMillis(400);

  private record Asked(String scheme, Thread thread, AtomicReference<@Nullable Throwable> thrown) {}

  private static void drip(RawServer.Line line, String opening) throws Exception {
    line.say(opening);
    line.drip();
  }

  /// One of each scheme that connects to a port.
  private static Map<String, Probe> probes(int port) {
    Probes probes = new Probes(Dialer.system(), Probes.asker());
    Map<String, Probe> all = new LinkedHashMap<>();
    for (String scheme : Probes.schemes()) {
      if (!scheme.equals("unix") && !scheme.equals("ping")) {
        String query = scheme.startsWith("swift") ? "?project=x" : "";
        String path = Checked.path(scheme);
        String url = "%s://app:pw@127.0.0.1:%d%s%s".formatted(scheme, port, path, query);
        all.put(scheme, probes.of("it", ServerUrl.of(url).limit(LIMIT)));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nX-Header: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        "INFO {",
        "220-",
        "\0\0\1\0",
        "J\0\0\0\n5.5.5-",
        "\1\0\0\0\0\1\0",
        "$1000\r\n",
        "\26\3\3\40\0"
      })
  void endByTheirLimit(String opening) throws Exception {
    try (RawServer server = new RawServer(line -> drip(line, opening))) {
      List<Asked> asked = new ArrayList<>();
      probes(server.port())
          .forEach(
              (scheme, probe) -> {
                AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
                // Far beyond the limit: whoever heeds only the attempt does not end.
                Attempt attempt = Attempt.within(Duration.ofHours(1));
                asked.add(new Asked(scheme, Checked.start(probe, attempt, thrown), thrown));
              });
      for (Asked each : asked) {
        assertThat(each.thread().join(Duration.ofSeconds(60))).as(each.scheme()).isTrue();
        Throwable why = each.thrown().get();
        if (why != null) {
          assertThat(why).as(each.scheme()).isInstanceOf(ProbeFailure.class);
        }
      }
      patiently().untilAsserted(() -> assertThat(server.open()).isZero());
    }
  }

  @Test
  void nothingOrDripsFromADockerSocketAreCutOffToo(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("docker.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      for (boolean drips : new boolean[] {false, true}) {
        CountDownLatch end = new CountDownLatch(1);
        Thread server = Thread.ofVirtual().start(() -> serve(listener, drips, end));
        try {
          ServerUrl url = ServerUrl.of("unix://" + path).limit(LIMIT);
          Checked checked =
              Checked.of(new DockerProbe("it", url, Dialer.system()), Duration.ofSeconds(60));
          assertThat(checked.reason()).startsWith("timeout: no answer within 400 ms (");
          assertThat(server.join(Duration.ofSeconds(60))).isTrue(); // The connection is closed.
        } finally {
          end.countDown();
        }
      }
    }
  }

  private static void serve(ServerSocketChannel listener, boolean drips, CountDownLatch end) {
    try (SocketChannel channel = listener.accept()) {
      channel.read(ByteBuffer.allocate(10_000));
      while (drips && !end.await(20, TimeUnit.MILLISECONDS)) {
        channel.write(ByteBuffer.wrap(new byte[] {'x'}));
      }
      channel.read(ByteBuffer.allocate(10_000));
    } catch (Exception e) {
      // It ends when the probe is gone.
    }
  }
}
