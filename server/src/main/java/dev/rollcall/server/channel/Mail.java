package dev.rollcall.server.channel;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.SmtpClient.Security;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Mails alerts to one mailbox. The server that it hands them to is also the one that mails links
/// to people with accounts.
///
/// Temporary answers (4xx), and those about the sender's own login, are tried again; other final
/// ones (5xx) are not.
final class Mail implements Channel {
  /// `type: mail`.
  static final ChannelType TYPE = new Type();

  private static final String HOST = "host";
  private static final String PORT = "port";
  private static final String SECURITY = "security";
  private static final String USERNAME = "username";
  private static final String PASSWORD = "password";
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final int MOST_PORT = 65_535;

  /// A name, an IPv4 address, or an IPv6 address with two colons at least.
  private static final Pattern HOST_NAME =
      Pattern.compile("[\\p{L}\\p{N}._-]{1,253}|\\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*]?");

  private final String name;
  private final SmtpClient client;
  private final String to;

  /// How its definitions are read.
  private static final class Type implements ChannelType {
    @Override
    public String name() {
      return "mail";
    }

    @Override
    public Set<String> keys() {
      return Set.of(HOST, PORT, SECURITY, USERNAME, PASSWORD, FROM, TO);
    }

    @Override
    public Set<String> secretKeys() {
      return Set.of(PASSWORD);
    }

    @Override
    public Optional<ChannelSettings> read(Fields fields) {
      Optional<String> host = fields.required(HOST, "the SMTP server that takes the mail");
      Optional<String> from = fields.required(FROM, "the address of the sender");
      Optional<String> to = fields.required(TO, "the address of the mailbox");
      Optional<Security> security = security(fields);
      Optional<Integer> port = port(fields, security.orElse(Security.STARTTLS));
      Optional<String> username = fields.text(USERNAME);
      Optional<Secret> password = fields.secret(PASSWORD);
      if (username.isPresent() != password.isPresent()) {
        fields.mistake(
            username.isPresent() ? PASSWORD : USERNAME, "is missing: give both, or neither");
      }
      host.filter(text -> !HOST_NAME.matcher(text).matches())
          .ifPresent(
              text ->
                  fields.mistake(
                      HOST, text, "is no host name or address: a port has a key of its own, port"));
      from.ifPresent(text -> checkAddress(fields, FROM, text));
      to.ifPresent(text -> checkAddress(fields, TO, text));
      if (fields.wrong() || host.isEmpty() || port.isEmpty() || security.isEmpty()) {
        return Optional.empty();
      }
      SmtpClient.Server server =
          new SmtpClient.Server(
              host.get(), port.get(), security.get(), username, password, from.orElseThrow());
      return Optional.of(new Settings(server, to.orElseThrow()));
    }

    private static void checkAddress(Fields fields, String key, String text) {
      fields.built(
          key,
          () -> {
            SmtpClient.address(text);
            return text;
          });
    }

    private static Optional<Security> security(Fields fields) {
      Optional<String> word = fields.text(SECURITY);
      if (word.isEmpty()) {
        return Optional.of(Security.STARTTLS);
      }
      Optional<Security> security = Security.CODEC.find(word.get());
      if (security.isEmpty()) {
        fields.mistake(SECURITY, word.get(), "is none of starttls, tls and none");
      }
      return security;
    }

    private static Optional<Integer> port(Fields fields, Security security) {
      Optional<String> text = fields.scalar(PORT);
      if (text.isEmpty()) {
        return Optional.of(security.port());
      }
      if (!text.get().matches("\\d{1,5}")
          || Integer.parseInt(text.get()) < 1
          || Integer.parseInt(text.get()) > MOST_PORT) {
        fields.mistake(PORT, text.get(), "is no port: give a number from 1 to " + MOST_PORT);
        return Optional.empty();
      }
      return Optional.of(Integer.parseInt(text.get()));
    }
  }

  /// The server, and the mailbox.
  record Settings(SmtpClient.Server server, String to) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new Mail(key, new SmtpClient(server, resolver), to);
    }
  }

  Mail(String name, SmtpClient client, String to) {
    this.name = name;
    this.client = client;
    this.to = to;
  }

  SmtpClient client() {
    return client;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String receiver() {
    return client.server().host() + ":" + client.server().port();
  }

  @Override
  public boolean tells(Notification.Kind kind) {
    return true;
  }

  @Override
  public Result send(Delivery delivery) throws InterruptedException {
    return client.send(to, subject(delivery), text(delivery), delivery.key());
  }

  private static String subject(Delivery delivery) {
    return switch (delivery.kind()) {
          case LATE -> "Late: ";
          case FAILED -> "Failed: ";
          case RECOVERED -> "Up again: ";
        }
        + delivery.message().name();
  }

  private static String text(Delivery delivery) {
    Message message = delivery.message();
    String what =
        switch (delivery.kind()) {
          case LATE -> "is late: it was not heard from in time.";
          case FAILED -> "has reported a failure.";
          case RECOVERED -> "is up again.";
        };
    return """
    %s %s

    Since:           %s
    Last heard from: %s
    """
        .formatted(
            message.name(),
            what,
            message.at().truncatedTo(ChronoUnit.SECONDS),
            message.lastHeard().truncatedTo(ChronoUnit.SECONDS));
  }
}
