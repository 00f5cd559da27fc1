package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/// A Postfix of a test, in a folder of its own and not the system's. It demands TLS, delivers to
/// one Maildir whatever is for `example.org`, and refuses `gone@` for good and `full@` for now. It
/// has to be started by root.
final class Postfix implements AutoCloseable {
  /// As Debian has it.
  private static final String PROGRAM = "/usr/sbin/postfix";

  /// More than a disk has free, so that every mail is refused for now.
  private static final String HUGE = "9000000000000";

  private static final int PATIENCE_SECONDS = 10;

  private final Path folder;
  private final int port = Targets.freePort();
  private final int withoutSpace = Targets.freePort();
  private final Process process;

  /// @param folder for everything; others have to be able to read it
  /// @param keys a PKCS #12 file with the key `own` and its certificate, of the password `changeit`
  Postfix(Path folder, Path keys) throws IOException, GeneralSecurityException {
    this.folder = folder;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String each : List.of("etc", "queue", "data", "mail")) {
      Files.createDirectories(folder.resolve(each));
    }
    own("data", "postfix");
    own("mail", "nobody");
    Path pem = folder.resolve("key.pem");
    Files.writeString(pem, pem(keys));
    Files.writeString(
        folder.resolve("etc/main.cf"),
        """
        compatibility_level = 3.6
        queue_directory = %1$s/queue
        data_directory = %1$s/data
        maillog_file = %1$s/postfix.log
        maillog_file_prefixes = %1$s
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mail.example.org
        mydestination =
        virtual_mailbox_domains = example.org
        virtual_mailbox_base = %1$s/mail
        virtual_mailbox_maps = static:all/
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        smtpd_tls_security_level = encrypt
        smtpd_tls_received_header = yes
        smtpd_tls_chain_files = %2$s
        smtpd_recipient_restrictions = check_recipient_access inline:{
          {gone@example.org=550 5.1.1 no such mailbox}, {full@example.org=452 4.2.2 mailbox is full}},
          reject_unauth_destination
        """
            .formatted(folder, pem));
    Files.writeString(
        folder.resolve("etc/master.cf"),
        """
        %d inet n - n - - smtpd
        %d inet n - n - - smtpd -o queue_minfree=%s
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        proxymap unix - - n - - proxymap
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        error unix - - n - - error
        retry unix - - n - - error
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd
        """
            .formatted(port, withoutSpace, HUGE));
    process =
        new ProcessBuilder(PROGRAM, "-c", folder.resolve("etc").toString(), "start-fg")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("postfix.out").toFile())
            .start();
    try {
      await()
          .atMost(RunningRollcall.PATIENCE)
          .failFast(() -> assertThat(process.isAlive()).isTrue())
          .until(this::answers);
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      close();
      throw new IllegalStateException("Postfix does not start: " + said(), e);
    }
  }

  /// All it has said.
  private String said() {
    return Stream.of("postfix.out", "postfix.log")
        .map(folder::resolve)
        .filter(Files::exists)
        .map(Postfix::read)
        .collect(Collectors.joining());
  }

  private void own(String name, String user) throws IOException {
    Path path = folder.resolve(name);
    Files.setOwner(
        path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
  }

  /// The key and its certificate.
  private static String pem(Path keys) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
    return pem("PRIVATE KEY", store.getKey("own", "changeit".toCharArray()).getEncoded())
        + pem("CERTIFICATE", store.getCertificate("own").getEncoded());
  }

  private static String pem(String what, byte[] bytes) {
    String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, lines);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == '2';
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /// One where the queue is full.
  int portWithoutSpace() {
    return withoutSpace;
  }

  /// What has arrived.
  List<String> mails() {
    Path arrived = folder.resolve("mail/all/new");
    if (!Files.isDirectory(arrived)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(arrived)) {
      return files.sorted().map(Postfix::read).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Ends its master, and so all that it has started.
  @Override
  public void close() throws IOException {
    Path master = folder.resolve("queue/pid/master.pid");
    if (process.isAlive() && Files.exists(master)) {
      ProcessHandle.of(Long.parseLong(Files.readString(master).strip()))
          .ifPresent(ProcessHandle::destroy);
    }
    process.onExit().completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
