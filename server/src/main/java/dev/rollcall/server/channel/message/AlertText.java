package dev.rollcall.server.channel.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What a notification says, in words that are the same on all channels. They may contain any
/// characters: each channel escapes them for where they go.
///
/// @param title in one line: `Down: shop`
/// @param facts what else there is to say, in order; one at least
/// @param over whether it says that something is over
/// @param urgent whether somebody should act now
/// @param ownTitle whether the title is that of the channel's definition
/// @param body what the channel's definition says instead of the facts, in the markup of the
///   receiver, in which values are escaped
public record AlertText(
    String title,
    List<Fact> facts,
    boolean over,
    boolean urgent,
    boolean ownTitle,
    Optional<String> body) {
  private static final String ELLIPSIS = "…";
  private static final int LONGEST_CAUSE = 200;

  /// In characters: what values are cut to, one after the other, until a message fits.
  private static final int LONGEST_VALUE = 4_000;

  private static final int SHORTEST_VALUE = 20;
  private static final int SHORTEST_IN_JSON = 50;
  private static final Pattern TAG = Pattern.compile("<[a-zA-Z!/]");

  /// One thing to say: `Since`, `2026-11-28T12:00:00Z`.
  ///
  /// @param link whether it is the URL of a page of ours, which is useless if it is cut
  public record Fact(String label, String value, boolean link) {
    Fact(String label, String value) {
      this(label, value, false);
    }

    static Fact link(String label, String url) {
      return new Fact(label, url, true);
    }

    private Fact with(String other) {
      return new Fact(label, other, link);
    }
  }

  private AlertText(String title, List<Fact> facts, boolean over, boolean urgent) {
    this(title, facts, over, urgent, false, Optional.empty());
  }

  /// The same with what the channel's definition says.
  public AlertText worded(Optional<String> title, Optional<String> body) {
    return new AlertText(title.orElse(this.title), facts, over, urgent, title.isPresent(), body);
  }

  /// The words for a delivery.
  public static AlertText of(Delivery delivery) {
    if (delivery.kind() == Notification.Kind.TEST) {
      Fact fact = new Fact("Why", "somebody tries this channel, and nothing is wrong");
      return new AlertText("Test: " + delivery.message().name(), List.of(fact), false, false);
    }
    Message message = delivery.message();
    if (delivery.kind() == Notification.Kind.ABSENCE) {
      return absence(message);
    }
    if (message.several().isPresent()) {
      return several(message, message.several().get());
    }
    boolean over = delivery.kind() == Notification.Kind.RECOVERED;
    Optional<Message.OfIncident> incident = message.incident();
    List<Fact> facts = new ArrayList<>(happened(delivery, over));
    incident.ifPresent(one -> facts.addAll(about(one)));
    boolean critical =
        incident.filter(one -> one.about().severity() != Severity.CRITICAL).isEmpty();
    boolean urgent = !over && critical;
    if (incident.filter(Message.OfIncident::flapping).isPresent()) {
      facts.add(new Fact("Told again", "when it has held one state for a while; it may be up now"));
      return new AlertText("Flapping: " + message.name(), List.copyOf(facts), false, urgent);
    }
    boolean again = incident.filter(Message.OfIncident::reminder).isPresent();
    boolean ended = incident.flatMap(Message.OfIncident::ended).isPresent();
    String word = ended ? "Ended" : word(delivery.kind());
    String state = again ? still(delivery.kind()) : word;
    return new AlertText(state + ": " + message.name(), List.copyOf(facts), over, urgent);
  }

  /// Why and since when, or what was wrong and for how long.
  private static List<Fact> happened(Delivery delivery, boolean over) {
    Message message = delivery.message();
    Optional<Message.OfIncident> incident = message.incident();
    Instant began = incident.map(Message.OfIncident::began).orElse(message.at());
    List<Fact> facts = new ArrayList<>();
    Optional<String> ended = incident.flatMap(Message.OfIncident::ended);
    ended
        .or(() -> incident.flatMap(Message.OfIncident::cause))
        .filter(why -> !why.isBlank())
        .ifPresent(
            why -> facts.add(new Fact(over && ended.isEmpty() ? "What was wrong" : "Why", why)));
    if (over) {
      facts.addAll(span(began, message.at()));
      return facts;
    }
    facts.add(new Fact("Since", time(began)));
    facts.addAll(heard(delivery.kind(), message.lastHeard(), began));
    return facts;
  }

  /// When it was last heard from. A service that is down was then asked once more, which confirmed
  /// it, unless what began was certain at once.
  private static List<Fact> heard(Notification.Kind kind, Instant heard, Instant began) {
    boolean nothingMore =
        (kind == Notification.Kind.DOWN || kind == Notification.Kind.SLOW) && heard.equals(began);
    if (heard.equals(Message.NEVER) || nothingMore) {
      return List.of();
    }
    String label =
        switch (kind) {
          case LATE -> "No call since"; // and may never have called
          case DOWN, SLOW -> heard.isAfter(began) ? "Confirmed" : "Last heard from";
          default -> "Last heard from";
        };
    return List.of(new Fact(label, time(heard)));
  }

  /// What it is about, and where there is more.
  private static List<Fact> about(Message.OfIncident incident) {
    Message.About about = incident.about();
    List<Fact> facts = new ArrayList<>();
    about.address().ifPresent(url -> facts.add(new Fact("Address", url)));
    facts.add(new Fact("Severity", about.severity().word()));
    about.group().ifPresent(name -> facts.add(new Fact("Group", name)));
    if (!about.tags().isEmpty()) {
      facts.add(new Fact("Tags", String.join(", ", about.tags())));
    }
    incident.runbook().ifPresent(url -> facts.add(new Fact("Runbook", url)));
    incident
        .links()
        .ifPresent(
            links -> {
              facts.add(Fact.link("Open", links.page()));
              links.acknowledge().ifPresent(url -> facts.add(Fact.link("Acknowledge", url)));
            });
    return facts;
  }

  private static AlertText absence(Message message) {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "Why",
            "Rollcall was not running, or had no database or network: nobody looked meanwhile"));
    facts.addAll(span(message.lastHeard(), message.at()));
    return new AlertText("Away: " + message.name(), List.copyOf(facts), true, false);
  }

  private static List<Fact> span(Instant from, Instant to) {
    Duration took = Duration.between(from, to).truncatedTo(ChronoUnit.SECONDS);
    return List.of(
        new Fact("From", time(from)),
        new Fact("To", time(to)),
        new Fact("It took", Durations.text(took.isNegative() ? Duration.ZERO : took)));
  }

  /// Several incidents: the first of them a line each.
  private static AlertText several(Message message, Message.Several several) {
    List<Fact> facts = new ArrayList<>();
    several.common().ifPresent(common -> facts.add(new Fact("In common", common)));
    for (Message.Item item : several.first()) {
      facts.add(new Fact(word(item), item.name() + ", " + when(item)));
    }
    int more = several.many() - several.first().size();
    if (more > 0) {
      facts.add(new Fact("More", Integer.toString(more)));
    }
    several.page().ifPresent(url -> facts.add(Fact.link("Open", url)));
    List<Message.Item> open =
        several.first().stream()
            .filter(item -> item.kind() != Notification.Kind.RECOVERED)
            .toList();
    boolean urgent =
        more > 0 || open.stream().anyMatch(item -> item.about().severity() == Severity.CRITICAL);
    return new AlertText(
        message.name(), List.copyOf(facts), open.isEmpty(), !open.isEmpty() && urgent);
  }

  private static String when(Message.Item item) {
    if (item.kind() == Notification.Kind.RECOVERED) {
      String span = "from " + time(item.began()) + " to " + time(item.at());
      return item.cause()
          .map(why -> span + ": " + cut(line(why), LONGEST_CAUSE))
          .orElse("was " + was(item) + " " + span);
    }
    String since = item.about().severity().word() + ", since " + time(item.began());
    return item.cause()
        .filter(why -> !why.isBlank())
        .map(why -> since + ": " + cut(line(why), LONGEST_CAUSE))
        .orElse(since);
  }

  private static String was(Message.Item item) {
    Notification.Kind kind = item.ofKind().orElse(Notification.Kind.DOWN);
    return switch (kind) {
      case DOWN, LATE, SLOW -> word(kind).toLowerCase(Locale.ROOT);
      default -> "wrong";
    };
  }

  private static String word(Message.Item item) {
    if (item.flapping()) {
      return "Flapping";
    }
    if (item.kind() == Notification.Kind.RECOVERED && item.cause().isPresent()) {
      return "Ended";
    }
    return item.reminder() ? still(item.kind()) : word(item.kind());
  }

  private static String word(Notification.Kind kind) {
    return switch (kind) {
      case DOWN -> "Down";
      case LATE -> "Late";
      case FAILED -> "Failed";
      case SLOW -> "Slow";
      case CERTIFICATE -> "Certificate ends soon";
      case MANUAL -> "Incident";
      case RECOVERED -> "Up again";
      case SEVERAL -> "Several";
      case ABSENCE -> "Away";
      case TEST -> "Test";
    };
  }

  private static String still(Notification.Kind kind) {
    return switch (kind) {
      case MANUAL -> "Still open";
      case CERTIFICATE -> "Certificate still ends soon";
      default -> "Still " + word(kind).toLowerCase(Locale.ROOT);
    };
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// Everything as lines, the title first.
  public String lines() {
    return title + "\n" + factLines();
  }

  /// The title as the subject of a mail, `[Down] shop`: without what is in brackets it is the same
  /// for the end as for the beginning (the base subject of RFC 5256), so they are one thread.
  public String subject() {
    int colon = title.indexOf(": ");
    return colon < 0 || ownTitle
        ? title
        : "[" + title.substring(0, colon) + "] " + title.substring(colon + ": ".length());
  }

  /// The links among the facts, for receivers that have buttons.
  public List<Fact> links() {
    return facts.stream().filter(Fact::link).toList();
  }

  /// The facts as lines.
  public String factLines() {
    return facts.stream()
        .map(fact -> fact.label() + ": " + fact.value())
        .collect(Collectors.joining("\n"));
  }

  /// The same words, with a title of at most so many characters in one line, and values of at most
  /// so many.
  public AlertText shortened(int ofTitle, int ofValue) {
    return new AlertText(
        cut(line(title), ofTitle),
        facts.stream()
            .map(fact -> fact.link() ? fact : fact.with(cut(fact.value(), ofValue)))
            .toList(),
        over,
        urgent,
        ownTitle,
        body);
  }

  /// The same words, with values that are so short that the lines of facts have at most so many
  /// characters, unless the links alone have more.
  public AlertText fitting(int most) {
    AlertText fitting = this;
    for (int each = LONGEST_VALUE;
        fitting.factLines().length() > most && each >= SHORTEST_VALUE;
        each /= 2) {
      fitting = shortened(LONGEST_VALUE, each);
    }
    return fitting;
  }

  /// A JSON body of at most so many bytes, unless that takes texts of less than a line.
  ///
  /// @param made makes it, with values of at most so many characters
  public static ObjectNode fittingJson(int most, IntFunction<ObjectNode> made) {
    int each = LONGEST_VALUE;
    ObjectNode body = made.apply(each);
    while (body.toString().getBytes(UTF_8).length > most && each > SHORTEST_IN_JSON) {
      each /= 2;
      body = made.apply(each);
    }
    return body;
  }

  /// The same words, with something done to the title and to the values.
  public AlertText each(UnaryOperator<String> change) {
    return new AlertText(
        change.apply(title),
        facts.stream().map(fact -> fact.with(change.apply(fact.value()))).toList(),
        over,
        urgent,
        ownTitle,
        body);
  }

  /// What plain text the receiver shows below the title.
  public String bodyOrFacts() {
    return body.orElseGet(this::factLines);
  }

  /// HTML in which the line breaks of a text without tags are shown.
  public static String htmlLines(String html) {
    return hasTags(html) ? html : html.replaceAll("\\R", "<br>");
  }

  /// Whether HTML has tags.
  public static boolean hasTags(String html) {
    return TAG.matcher(html).find();
  }

  /// The text that HTML without tags shows.
  public static String unescaped(String html) {
    return html.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  /// A text for HTML and XML.
  public static String html(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /// A text of at most so many characters (UTF-16), with an ellipsis where it was cut.
  public static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = most - ELLIPSIS.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + ELLIPSIS;
  }

  /// A text in one line.
  public static String line(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }
}
