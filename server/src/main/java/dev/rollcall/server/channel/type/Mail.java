package dev.rollcall.server.channel.type;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.channel.message.TextChannel;
import dev.rollcall.server.channel.type.SmtpClient.Security;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.outbox.AskedClaim;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Mails alerts to mailboxes, one mail to each. The server that it hands them to is also the one
/// that mails links to people with accounts.
///
/// Temporary answers (4xx), and those about the sender's own login, are tried again; other final
/// ones (5xx) are not.
public final class Mail implements TextChannel {
  /// `type: mail`.
  public static final ChannelType TYPE = new Type();

  private static final String HOST = "host";
  private static final String PORT = "port";
  private static final String TLS = "tls";
  private static final String STARTTLS = "starttls";
  private static final String USER = "user";
  private static final String PASSWORD = "password";
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final int MOST_PORT = 65_535;

  private static final int LONGEST_SUBJECT = 250;
  private static final int LONGEST_VALUE = 4_000;
  private static final int LONGEST_BODY = 50_000;
  private static final Pattern MESSAGE_ID = Pattern.compile("<[!-;=?-~]{1,480}>");

  /// Each takes a connection of its own.
  private static final int MOST_RECIPIENTS = 20;

  /// Longer than a delivery is tried.
  private static final Duration REMEMBERED = Duration.ofDays(4);

  /// What a mail needs at least, within [SmtpClient#LONGEST] for all of them.
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /// A name, an IPv4 address, or an IPv6 address with two colons at least.
  private static final Pattern HOST_NAME =
      Pattern.compile("[\\p{L}\\p{N}._-]{1,253}|\\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*]?");

  private final String name;
  private final SmtpClient client;
  private final List<String> to;

  /// Who has the mail of a delivery that is not finished, as others do not, by its key.
  private final Map<String, Reached> reached = new ConcurrentHashMap<>();

  /// @param written when the delivery was. Another process may have finished it, and if it is to be
  ///   sent once more after that, it is to all: then it is written later, with the same key
  private record Reached(Instant written, Set<String> to) {}

  /// How its definitions are read.
  private static final class Type implements ChannelType {
    @Override
    public String name() {
      return "mail";
    }

    @Override
    public Set<String> keys() {
      return Set.of(HOST, PORT, TLS, STARTTLS, USER, PASSWORD, FROM, TO);
    }

    @Override
    public Set<String> secretKeys() {
      return Set.of(PASSWORD);
    }

    @Override
    public Optional<ChannelSettings> read(Fields fields) {
      Optional<String> host = fields.required(HOST, "the SMTP server that takes the mail");
      Optional<String> from = fields.required(FROM, "the address of the sender");
      List<String> to = recipients(fields);
      Optional<Security> security = security(fields);
      Optional<Integer> port = port(fields, security.orElse(Security.STARTTLS));
      Optional<String> user = fields.text(USER);
      Optional<Secret> password = fields.secret(PASSWORD);
      if (user.isPresent() != password.isPresent()) {
        fields.mistake(user.isPresent() ? PASSWORD : USER, "is missing: give both, or neither");
      }
      host.filter(text -> !HOST_NAME.matcher(text).matches())
          .ifPresent(
              text ->
                  fields.mistake(
                      HOST, text, "is no host name or address: a port has a key of its own, port"));
      from.ifPresent(text -> checkAddress(fields, FROM, text));
      if (fields.wrong() || host.isEmpty() || port.isEmpty() || security.isEmpty()) {
        return Optional.empty();
      }
      SmtpClient.Server server =
          new SmtpClient.Server(
              host.get(), port.get(), security.get(), user, password, from.orElseThrow());
      return Optional.of(new Settings(server, to));
    }

    private static void checkAddress(Fields fields, String key, String text) {
      fields.built(
          key,
          () -> {
            SmtpClient.address(text);
            return text;
          });
    }

    /// One address, or a list of them.
    private static List<String> recipients(Fields fields) {
      List<String> to = fields.oneOrMany(TO).stream().map(String::strip).toList();
      if (!fields.has(TO)) {
        fields.mistake(TO, "is missing: give the address of the mailbox, or a list");
      } else if (to.size() > MOST_RECIPIENTS) {
        fields.mistake(TO, "has more than " + MOST_RECIPIENTS + " addresses: make a mailing list");
      }
      to.forEach(text -> checkAddress(fields, TO, text));
      return to;
    }

    private static Optional<Security> security(Fields fields) {
      boolean tls = fields.bool(TLS).orElse(false);
      Optional<String> starttls = fields.scalar(STARTTLS);
      if (tls && starttls.isPresent()) {
        fields.mistake(STARTTLS, "is for connections that begin without TLS: remove it, or tls");
        return Optional.empty();
      }
      if (tls) {
        return Optional.of(Security.TLS);
      }
      return switch (starttls.orElse("required")) {
        case "required" -> Optional.of(Security.STARTTLS);
        case "optional" -> Optional.of(Security.OPTIONAL);
        case "never" -> Optional.of(Security.NONE);
        case String other -> {
          fields.mistake(STARTTLS, other, "is none of required, optional and never");
          yield Optional.empty();
        }
      };
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

  /// The server, and the mailboxes.
  public record Settings(SmtpClient.Server server, List<String> to) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new Mail(key, new SmtpClient(server, resolver), to);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.html(LONGEST_BODY));
    }
  }

  Mail(String name, SmtpClient client, List<String> to) {
    this.name = name;
    this.client = client;
    this.to = to;
  }

  public SmtpClient client() {
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
  public Result send(Delivery delivery, AlertText whole) throws InterruptedException {
    AlertText text = whole.shortened(LONGEST_SUBJECT, LONGEST_VALUE);
    Optional<String> first = delivery.first().filter(id -> MESSAGE_ID.matcher(id).matches());
    Set<String> done = new HashSet<>(reached(delivery));
    AskedClaim claim = new AskedClaim(delivery.claim());
    List<Result> failures = new ArrayList<>();
    Result.Sent sent = new Result.Sent();
    boolean withheld = false;
    long began = System.nanoTime();
    for (String each : inTurn(delivery.attempt())) {
      if (!done.contains(each) && !withheld) {
        Duration left = SmtpClient.LONGEST.minusNanos(System.nanoTime() - began);
        Result result =
            left.compareTo(SHORTEST) < 0
                ? new Result.Retry("the mails before took all the time", Optional.empty(), false)
                : client.send(
                    new SmtpClient.Letter(
                        each,
                        text.subject(),
                        plain(text) + "\n",
                        Optional.of(html(text)),
                        delivery.key(),
                        first),
                    left,
                    claim);
        if (result instanceof Result.Sent taken) {
          sent = taken;
          done.add(each);
        } else if (result instanceof Result.Withheld) {
          withheld = true;
        } else {
          failures.add(to.size() == 1 ? result : named(each, result));
        }
      }
    }
    Optional<Result> retry = failures.stream().filter(Result.Retry.class::isInstance).findFirst();
    if (retry.isEmpty() && !withheld) {
      reached.remove(delivery.key());
    } else if (!done.isEmpty()) {
      remember(delivery, done);
    }
    if (withheld) {
      return claim.withheld();
    }
    return retry.or(() -> failures.stream().findFirst()).orElse(sent);
  }

  private Set<String> reached(Delivery delivery) {
    Reached before = reached.get(delivery.key());
    return before != null && before.written().equals(delivery.written()) ? before.to() : Set.of();
  }

  private void remember(Delivery delivery, Set<String> done) {
    Instant over = delivery.written().minus(REMEMBERED);
    reached.values().removeIf(one -> one.written().isBefore(over));
    reached.put(delivery.key(), new Reached(delivery.written(), Set.copyOf(done)));
  }

  /// Each attempt begins with another mailbox: one that takes all the time keeps no other waiting
  /// for long.
  private List<String> inTurn(int attempt) {
    List<String> turned = new ArrayList<>(to);
    Collections.rotate(turned, 1 - attempt);
    return turned;
  }

  /// A body with tags is for the HTML alone.
  private static String plain(AlertText text) {
    return text.body()
        .filter(body -> !AlertText.hasTags(body))
        .map(AlertText::unescaped)
        .orElseGet(text::lines);
  }

  private static String html(AlertText text) {
    if (text.body().isPresent()) {
      return """
      <!DOCTYPE html>
      <html lang="en"><body style="font-family: sans-serif">
      %s
      </body></html>
      """
          .formatted(AlertText.htmlLines(text.body().get()));
    }
    AlertText escaped = text.each(value -> AlertText.html(value).replaceAll("\\R", "<br>"));
    StringBuilder rows = new StringBuilder();
    for (AlertText.Fact fact : escaped.facts()) {
      rows.append("<tr><th style=\"text-align: left; vertical-align: top; padding-right: 1em\">")
          .append(fact.label())
          .append("</th><td>")
          .append(fact.link() ? link(fact.value()) : fact.value())
          .append("</td></tr>\n");
    }
    return """
    <!DOCTYPE html>
    <html lang="en"><body style="font-family: sans-serif">
    <h1 style="font-size: 1.2em; color: %s">%s</h1>
    <table>
    %s</table>
    </body></html>
    """
        .formatted(text.over() ? "#1e7e34" : "#c0392b", escaped.title(), rows);
  }

  /// @param url escaped
  private static String link(String url) {
    return "<a href=\"" + url + "\">" + url + "</a>";
  }

  /// The same result, which says whose mail it was.
  private static Result named(String to, Result result) {
    return switch (result) {
      case Result.Retry(String reason, var after, boolean forAll) ->
          new Result.Retry(to + ": " + reason, after, forAll);
      case Result.Refused(String reason) -> new Result.Refused(to + ": " + reason);
      case Result.Sent sent -> sent;
      case Result.Withheld withheld -> withheld;
    };
  }
}
