package dev.rollcall.server.channel.type;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.DeliveryClaim;
import dev.rollcall.server.time.Durations;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.net.SocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/// Hands mail to an SMTP server.
public final class SmtpClient {
  /// How the connection is protected.
  public enum Security {
    /// TLS from the first byte.
    TLS,
    /// It begins in clear text, and nothing is sent before TLS has begun.
    STARTTLS,
    /// It begins in clear text, and goes on with TLS where the server has it.
    OPTIONAL,
    /// Clear text, for a server on this machine.
    NONE;

    /// The usual port.
    int port() {
      return switch (this) {
        case TLS -> 465;
        case STARTTLS, OPTIONAL -> 587;
        case NONE -> 25;
      };
    }
  }

  /// The server, and who sends.
  public record Server(
      String host,
      int port,
      Security security,
      Optional<String> user,
      Optional<Secret> password,
      String from) {}

  /// A mail to one mailbox.
  ///
  /// @param html the same as HTML; empty: the mail has only the text
  /// @param key identifies it: a repetition has the same `Message-ID`
  /// @param answers the `Message-ID` of the mail that it answers
  public record Letter(
      String to,
      String subject,
      String text,
      Optional<String> html,
      String key,
      Optional<String> answers) {
    /// A mail of text that answers none.
    public static Letter of(String to, String subject, String text) {
      return new Letter(
          to, subject, text, Optional.empty(), UUID.randomUUID().toString(), Optional.empty());
    }
  }

  /// Less than [Channel#LONGEST], which includes what happens after an answer.
  static final Duration LONGEST = Channel.LONGEST.minusSeconds(1);

  private static final Duration SILENCE = Duration.ofSeconds(5);

  /// What a server may say in a conversation, in bytes, the certificates of TLS included.
  private static final int MOST_SAID = 256 * 1024;

  private static final int FINAL = 500;
  private static final int LONGEST_REASON = 300;
  private static final Pattern NOT_VISIBLE = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]+");

  private final Server server;
  private final Session session;

  SmtpClient(Server server, Resolver resolver) {
    this.server = server;
    Properties properties = new Properties();
    String millis = Long.toString(SILENCE.toMillis());
    for (String limit : List.of("connectiontimeout", "timeout", "writetimeout")) {
      properties.put("mail.smtp." + limit, millis);
    }
    ResolvingSockets sockets = new ResolvingSockets(resolver);
    properties.put("mail.smtp.socketFactory", sockets);
    properties.put("mail.smtp.socketFactory.fallback", "false");
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.auth", Boolean.toString(server.user().isPresent()));
    switch (server.security()) {
      case STARTTLS -> {
        properties.put("mail.smtp.starttls.enable", "true");
        properties.put("mail.smtp.starttls.required", "true");
      }
      case OPTIONAL -> properties.put("mail.smtp.starttls.enable", "true");
      case TLS -> {
        properties.put("mail.smtp.ssl.enable", "true");
        properties.put("mail.smtp.ssl.socketFactory", sockets); // TLS is laid over its sockets
        properties.put("mail.smtp.ssl.socketFactory.fallback", "false");
      }
      case NONE -> {}
    }
    this.session = Session.getInstance(properties);
  }

  public Server server() {
    return server;
  }

  /// Checks that a text is one address: `ops@example.org` or `Ops <ops@example.org>`.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text
  public static InternetAddress address(String text) {
    try {
      InternetAddress[] addresses = InternetAddress.parse(text, true);
      if (addresses.length == 1 && text.indexOf('@') > 0) {
        return addresses[0];
      }
    } catch (AddressException e) {
      // below
    }
    throw new IllegalArgumentException(
        "is no address: give one as in ops@example.org or Ops <ops@example.org>");
  }

  /// Sends a mail. Its `Message-ID` is the receipt.
  public Result send(Letter letter) throws InterruptedException {
    return send(letter, LONGEST, DeliveryClaim.ALWAYS);
  }

  /// The same, within this time.
  ///
  /// @param claim is asked when the server has all of the mail but its end, without which it
  ///   delivers nothing
  Result send(Letter letter, Duration longest, DeliveryClaim claim) throws InterruptedException {
    AtomicReference<Result> result =
        new AtomicReference<>(
            new Result.Retry(
                "no answer within " + Durations.words(longest.truncatedTo(ChronoUnit.SECONDS)),
                Optional.empty(),
                true));
    // An interrupt closes the socket of a virtual thread, whatever the library waits for.
    Thread sending = Thread.ofVirtual().name("mail").start(() -> result.set(sent(letter, claim)));
    try {
      sending.join(longest);
      return Objects.requireNonNull(result.get());
    } finally {
      sending.interrupt();
    }
  }

  private Result sent(Letter letter, DeliveryClaim claim) {
    try (SMTPTransport transport = (SMTPTransport) session.getTransport("smtp")) {
      MimeMessage message = message(letter, claim);
      transport.connect(
          server.host(),
          server.port(),
          server.user().orElse(null),
          server.password().map(Secret::reveal).orElse(null));
      transport.sendMessage(message, message.getAllRecipients());
      return new Result.Sent(shown(transport.getLastServerResponse()), Optional.of(id(letter)));
    } catch (AuthenticationFailedException e) {
      return new Result.Retry("the server refuses the login: " + line(e), Optional.empty(), true);
    } catch (MessagingException e) {
      return e.getNextException() instanceof WithheldException
          ? new Result.Withheld(false)
          : failed(e);
    }
  }

  private static Result failed(MessagingException e) {
    Optional<Exception> cause = Optional.of(e);
    while (cause.isPresent()) {
      int code =
          switch (cause.get()) {
            case SMTPAddressFailedException address -> address.getReturnCode();
            case SMTPSendFailedException send -> send.getReturnCode();
            default -> 0;
          };
      if (code >= FINAL) {
        return new Result.Refused(line(cause.get()));
      }
      if (code > 0) {
        return new Result.Retry(line(cause.get()), Optional.empty(), false);
      }
      cause = next(cause.get());
    }
    return new Result.Retry(line(e), Optional.empty(), true);
  }

  private static Optional<Exception> next(Exception e) {
    return e instanceof MessagingException messaging
        ? Optional.ofNullable(messaging.getNextException())
        : Optional.empty();
  }

  /// What was said, in one line.
  private static String line(Exception e) {
    String said = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    String why = next(e).map(Exception::getMessage).map(text -> ": " + text).orElse("");
    return shown(said + why);
  }

  private static String shown(@Nullable String said) {
    String line = NOT_VISIBLE.matcher(Objects.requireNonNullElse(said, "")).replaceAll(" ").strip();
    return line.substring(0, Math.min(line.length(), LONGEST_REASON));
  }

  private String id(Letter letter) {
    String from = address(server.from()).getAddress();
    byte[] key = letter.key().getBytes(StandardCharsets.UTF_8);
    return "<" + UUID.nameUUIDFromBytes(key) + from.substring(from.indexOf('@')) + ">";
  }

  private MimeMessage message(Letter letter, DeliveryClaim claim) throws MessagingException {
    String id = id(letter);
    MimeMessage message =
        new MimeMessage(session) {
          /// The library ends the mail right after this. A failure in it ends the connection.
          @Override
          public void writeTo(OutputStream out, String[] without)
              throws IOException, MessagingException {
            super.writeTo(out, without);
            if (!claim.isHeld()) {
              throw new WithheldException();
            }
          }

          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
          }
        };
    message.setFrom(address(server.from()));
    message.setRecipient(jakarta.mail.Message.RecipientType.TO, address(letter.to()));
    message.setSubject(NOT_VISIBLE.matcher(letter.subject()).replaceAll(" "), "UTF-8");
    if (letter.answers().isPresent()) {
      message.setHeader("In-Reply-To", letter.answers().get());
      message.setHeader("References", letter.answers().get());
    }
    message.setHeader(
        "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(OffsetDateTime.now(ZoneOffset.UTC)));
    message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834
    message.setHeader("X-Auto-Response-Suppress", "All");
    if (letter.html().isPresent()) {
      MimeBodyPart text = new MimeBodyPart();
      text.setText(letter.text(), "UTF-8");
      MimeBodyPart html = new MimeBodyPart();
      html.setText(letter.html().get(), "UTF-8", "html");
      message.setContent(new MimeMultipart("alternative", text, html)); // the best one last
    } else {
      message.setText(letter.text(), "UTF-8");
    }
    return message;
  }

  /// The mail is not to be sent any more.
  private static final class WithheldException extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// Sockets that connect to an address that the resolver has given, and to no other.
  private static final class ResolvingSockets extends SocketFactory {
    private final Resolver resolver;

    ResolvingSockets(Resolver resolver) {
      this.resolver = resolver;
    }

    @Override
    public Socket createSocket() {
      return new ResolvingSocket(resolver);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      Socket socket = createSocket();
      socket.connect(InetSocketAddress.createUnresolved(host, port));
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return createSocket(host, port);
    }
  }

  /// Ends with a failure where a server says more than it may: the library keeps all of an answer
  /// in memory, however long it is.
  private static final class Bounded extends FilterInputStream {
    private int left = MOST_SAID;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = super.read(bytes, from, length);
      count(read);
      return read;
    }

    private void count(int read) throws IOException {
      left -= Math.max(0, read);
      if (left < 0) {
        throw new IOException("the server says more than " + MOST_SAID / 1024 + " KiB");
      }
    }
  }

  private static final class ResolvingSocket extends Socket {
    private final Resolver resolver;

    ResolvingSocket(Resolver resolver) {
      this.resolver = resolver;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
      connect(endpoint, (int) SILENCE.toMillis());
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      InetSocketAddress asked = (InetSocketAddress) endpoint;
      super.connect(
          new InetSocketAddress(resolved(asked.getHostString()), asked.getPort()), timeout);
      // Closing drops what the system has not sent yet: a mail that is given up must not arrive
      // minutes later. The answer to QUIT says that all has arrived.
      setSoLinger(true, 0);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new Bounded(super.getInputStream());
    }

    private InetAddress resolved(String host) throws IOException {
      try {
        List<InetAddress> addresses = resolver.resolve(host, SILENCE);
        if (addresses.isEmpty()) {
          throw new UnknownHostException(host);
        }
        return addresses.getFirst();
      } catch (ProbeFailure e) {
        throw new IOException(e.reason(), e);
      } catch (TimeoutException e) {
        throw new IOException("the name server does not answer", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
