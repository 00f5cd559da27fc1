package dev.rollcall.probes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// OpenStack Swift as far as logins and accounts go: two proxies, one with Swift's own login and
/// one with Keystone's, and an account server behind them.
final class SwiftServers implements AutoCloseable {
  static final String PASSWORD = "s3cret-of-tester";

  private final Path folder;
  private final Deque<TestServer> servers = new ArrayDeque<>();
  private final int account = ServerRun.freePort();
  private final int memcached = ServerRun.freePort();
  private final int keystone = ServerRun.freePort();
  private final int v1 = ServerRun.freePort();
  private final int v3 = ServerRun.freePort();

  SwiftServers(Path folder) throws Exception {
    this.folder = folder;
    try {
      storage();
      keystone();
      start(memcached, "memcached", "-l", "127.0.0.1", "-p", "" + memcached, "-u", user());
      proxy(v1, "tempauth");
      proxy(v3, "authtoken keystoneauth");
      servers.forEach(TestServer::awaitPort);
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  String v1() {
    return "http://127.0.0.1:%d/auth/v1.0".formatted(v1);
  }

  String v3() {
    return "http://127.0.0.1:%d/v3".formatted(keystone);
  }

  private static String user() {
    return System.getProperty("user.name");
  }

  private void start(int port, String... command) {
    servers.push(
        TestServer.start(
            folder,
            port,
            Map.of("OS_KEYSTONE_CONFIG_FILES", folder.resolve("keystone.conf").toString()),
            command));
  }

  private void storage() throws Exception {
    Files.createDirectories(folder.resolve("devices/sdb1"));
    write(
        "swift.conf",
        """
        [swift-hash]
        swift_hash_path_prefix = a
        swift_hash_path_suffix = b
        [storage-policy:0]
        name = one
        default = yes
        """);
    rings();
    Path conf =
        write(
            "account.conf",
            """
            [DEFAULT]
            swift_dir = %s
            devices = %s
            mount_check = false
            disable_fallocate = true
            workers = 0
            bind_ip = 127.0.0.1
            bind_port = %d
            user = %s
            [pipeline:main]
            pipeline = account-server
            [app:account-server]
            use = egg:swift#account
            """
                .formatted(folder, folder.resolve("devices"), account, user()));
    start(account, "swift-account-server", conf.toString());
  }

  /// As `swift-ring-builder` makes them, in one process instead of nine, each of which takes long
  /// to load what it needs.
  private void rings() throws Exception {
    run(
        "/usr/bin/python3", // for which Debian installs Swift
        "-c",
        """
        import sys
        from swift.common.ring import RingBuilder
        for name in ("account", "container", "object"):
            builder = RingBuilder(4, 1, 0)
            builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(sys.argv[1]),
                             "replication_ip": "127.0.0.1", "replication_port": int(sys.argv[1]),
                             "device": "sdb1", "weight": 1, "meta": ""})
            builder.rebalance()
            builder.get_ring().save(name + ".ring.gz")
        """,
        "" + account);
  }

  /// A repository of keys, as `keystone-manage fernet_setup` makes it.
  private void keys(String name) throws IOException {
    Path repository = Files.createDirectories(folder.resolve(name));
    Files.setPosixFilePermissions(repository, PosixFilePermissions.fromString("rwx------"));
    for (String key : List.of("0", "1")) {
      byte[] bytes = new byte[32];
      new SecureRandom().nextBytes(bytes);
      Path file =
          Files.writeString(repository.resolve(key), Base64.getUrlEncoder().encodeToString(bytes));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void proxy(int port, String login) throws IOException {
    Path conf =
        write(
            "proxy-%d.conf".formatted(port),
            """
            [DEFAULT]
            swift_dir = %s
            workers = 0
            bind_ip = 127.0.0.1
            bind_port = %d
            user = %s
            [pipeline:main]
            pipeline = catch_errors cache %s proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            [filter:catch_errors]
            use = egg:swift#catch_errors
            [filter:cache]
            use = egg:swift#memcache
            memcache_servers = 127.0.0.1:%d
            [filter:tempauth]
            use = egg:swift#tempauth
            user_test_tester = %s .admin
            [filter:keystoneauth]
            use = egg:swift#keystoneauth
            operator_roles = admin
            [filter:authtoken]
            paste.filter_factory = keystonemiddleware.auth_token:filter_factory
            www_authenticate_uri = http://127.0.0.1:%d
            auth_url = http://127.0.0.1:%d/v3
            interface = public
            auth_type = password
            username = admin
            password = %s
            project_name = admin
            user_domain_id = default
            project_domain_id = default
            delay_auth_decision = True
            """
                .formatted(
                    folder, port, user(), login, memcached, PASSWORD, keystone, keystone,
                    PASSWORD));
    start(port, "swift-proxy-server", conf.toString());
  }

  private void keystone() throws Exception {
    keys("fernet");
    keys("credential");
    Path conf =
        write(
            "keystone.conf",
            """
            [DEFAULT]
            [database]
            connection = sqlite:///%1$s/keystone.db
            [identity]
            password_hash_rounds = 4
            [token]
            provider = fernet
            [fernet_tokens]
            key_repository = %1$s/fernet
            [fernet_receipts]
            key_repository = %1$s/fernet
            [credential]
            key_repository = %1$s/credential
            """
                .formatted(folder));
    String config = "--config-file=" + conf;
    run("keystone-manage", config, "db_sync");
    run(
        "keystone-manage",
        config,
        "bootstrap",
        "--bootstrap-password",
        PASSWORD,
        "--bootstrap-public-url",
        v3(),
        "--bootstrap-region-id",
        "east");
    addSwiftToTheCatalog();
    start(
        keystone,
        "uwsgi",
        "--plugin",
        "python3",
        "--http-socket",
        "127.0.0.1:" + keystone,
        "--wsgi-file",
        "/usr/bin/keystone-wsgi-public",
        "--master",
        "--processes", // one, and no threads: it holds on to SQLite's locks
        "1",
        "--die-on-term");
  }

  /// As `openstack endpoint create` would, which is not there: straight into Keystone's tables.
  private void addSwiftToTheCatalog() throws Exception {
    run(
        "python3",
        "-c",
        """
        import sqlite3, sys
        with sqlite3.connect(sys.argv[1]) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("INSERT INTO service (id, type, enabled, extra) VALUES ('s1', 'object-store', 1, '{\\"name\\": \\"swift\\"}')")
            db.execute("INSERT INTO endpoint (id, interface, service_id, url, extra, enabled, region_id)"
                       " VALUES ('e1', 'public', 's1', ?, '{}', 1, 'east')", (sys.argv[2],))
        """,
        folder.resolve("keystone.db").toString(),
        "http://127.0.0.1:%d/v1/AUTH_$(project_id)s".formatted(v3));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }

  @Override
  public void close() {
    servers.forEach(TestServer::close);
  }
}
