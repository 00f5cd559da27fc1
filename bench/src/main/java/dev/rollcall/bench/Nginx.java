package dev.rollcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The target of checks: nginx with one worker, which answers 200 to everything, on one port of
/// many loopback addresses.
record Nginx(Child child, int port, int hosts) {
  /// Starts nginx.
  ///
  /// @param hosts the number of addresses, from 127.0.0.1 on
  /// @param keepAlive whether it keeps connections open
  static Nginx start(Stage stage, int hosts, boolean keepAlive)
      throws IOException, InterruptedException {
    return start(stage, hosts, keepAlive, "");
  }

  /// The same, and it answers 503 to `/7` while there is a file `7` in `failing`.
  static Nginx failing(Stage stage, int hosts, Path failing, boolean keepAlive)
      throws IOException, InterruptedException {
    for (Path folder :
        List.of(failing, failing.getParent())) { // its worker may run as another user
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return start(stage, hosts, keepAlive, "if (-f \"" + failing + "$uri\") { return 503; }");
  }

  private static Nginx start(Stage stage, int hosts, boolean keepAlive, String before)
      throws IOException, InterruptedException {
    String program = Child.program("nginx", "nginx-light");
    Path folder = stage.folder("nginx");
    int port = Stage.freePort();
    String listen =
        IntStream.range(0, hosts)
            .mapToObj(i -> "listen " + host(i) + ":" + port + " backlog=4096;")
            .collect(Collectors.joining("\n    "));
    Path file = folder.resolve("nginx.conf");
    Files.writeString(file, config(keepAlive ? "3600s" : "0", listen, before));
    Child child =
        stage.start(
            "nginx",
            List.of(program, "-p", folder.toString(), "-e", "stderr", "-c", file.toString()),
            Map.of());
    Wait.until("nginx listens", Duration.ofSeconds(10), child, () -> accepts(port));
    return new Nginx(child, port, hosts);
  }

  private static String config(String keepAlive, String listen, String before) {
    return """
    daemon off;
    worker_processes 1;
    worker_rlimit_nofile 60000;
    pid nginx.pid;
    error_log stderr error;
    events { worker_connections 30000; }
    http {
      access_log off;
      keepalive_timeout %s;
      keepalive_requests 1000000000;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      server {
        %s
        location / { %s return 200 "ok\\n"; }
      }
    }
    """
        .formatted(keepAlive, listen, before);
  }

  private static String host(int i) {
    return "127.0." + (i / 250) + "." + (i % 250 + 1);
  }

  /// A different URL for each `number`, spread over the addresses.
  String url(int number) {
    return "http://" + host(number % hosts) + ":" + port + "/" + number;
  }

  static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
