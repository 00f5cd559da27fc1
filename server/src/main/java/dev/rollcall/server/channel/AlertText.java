package dev.rollcall.server.channel;

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
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
record AlertText(
    String title,
    List<Fact> facts,
    boolean over,
    boolean urgent,
    boolean ownTitle,
    Optional<String> body) {
  private static final String ELLIPSIS = "…";
  private static final int LONGEST_CAUSE = 200;
  private static final Pattern TAG = Pattern.compile("<[a-zA-Z!/]");

  /// One thing to say: `Since`, `2026-11-28T12:00:00Z`.
  ///
  /// @param link whether it is the URL of a page of ours, which is useless if it is cut
  record Fact(String label, String value, boolean link) {
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
  AlertText worded(Optional<String> title, Optional<String> body) {
    return new AlertText(title.orElse(this.title), facts, over, urgent, title.isPresent(), body);
  }

  /// The words for a delivery.
  static AlertText of(Delivery delivery) {
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
    Instant began = message.incident().map(Message.OfIncident::began).orElse(message.at());
    List<Fact> facts = new ArrayList<>();
    Optional<String> ended = message.incident().flatMap(Message.OfIncident::ended);
    Optional<String> cause = ended.or(() -> message.incident().flatMap(Message.OfIncident::cause));
    cause.filter(why -> !why.isBlank()).ifPresent(why -> facts.add(new Fact("Why", why)));
    if (!over) {
      facts.add(new Fact("Since", time(began)));
    } else {
      facts.addAll(span(began, message.at()));
    }
    if (!message.lastHeard().equals(Message.NEVER)) {
      boolean late = delivery.kind() == Notification.Kind.LATE; // and may never have called
      facts.add(new Fact(late ? "No call since" : "Last heard from", time(message.lastHeard())));
    }
    message
        .incident()
        .flatMap(Message.OfIncident::runbook)
        .ifPresent(url -> facts.add(new Fact("Runbook", url)));
    message.incident().flatMap(Message.OfIncident::links).ifPresent(links -> add(links, facts));
    boolean urgent =
        !over
            && message
                .incident()
                .filter(incident -> incident.severity() != Severity.CRITICAL)
                .isEmpty();
    if (message.incident().filter(Message.OfIncident::flapping).isPresent()) {
      facts.add(new Fact("Told again", "when it has held one state for a while; it may be up now"));
      return new AlertText("Flapping: " + message.name(), List.copyOf(facts), false, urgent);
    }
    boolean again = message.incident().filter(Message.OfIncident::reminder).isPresent();
    String word = ended.isPresent() ? "Ended" : word(delivery.kind());
    String state = again ? still(delivery.kind()) : word;
    return new AlertText(state + ": " + message.name(), List.copyOf(facts), over, urgent);
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

  private static void add(Message.Links links, List<Fact> facts) {
    facts.add(Fact.link("Open", links.page()));
    links.acknowledge().ifPresent(url -> facts.add(Fact.link("Acknowledge", url)));
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
    boolean over =
        several.first().stream().allMatch(item -> item.kind() == Notification.Kind.RECOVERED);
    return new AlertText(message.name(), List.copyOf(facts), over, !over);
  }

  private static String when(Message.Item item) {
    if (item.kind() == Notification.Kind.RECOVERED) {
      String span = "from " + time(item.began()) + " to " + time(item.at());
      return item.cause()
          .map(why -> span + ": " + cut(line(why), LONGEST_CAUSE))
          .orElse("was down " + span);
    }
    String since = "since " + time(item.began());
    return item.cause()
        .filter(why -> !why.isBlank())
        .map(why -> since + ": " + cut(line(why), LONGEST_CAUSE))
        .orElse(since);
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
  String lines() {
    return title + "\n" + factLines();
  }

  /// The title as the subject of a mail, `[Down] shop`: without what is in brackets it is the same
  /// for the end as for the beginning (the base subject of RFC 5256), so they are one thread.
  String subject() {
    int colon = title.indexOf(": ");
    return colon < 0 || ownTitle
        ? title
        : "[" + title.substring(0, colon) + "] " + title.substring(colon + ": ".length());
  }

  /// The links among the facts, for receivers that have buttons.
  List<Fact> links() {
    return facts.stream().filter(Fact::link).toList();
  }

  /// The facts as lines.
  String factLines() {
    return facts.stream()
        .map(fact -> fact.label() + ": " + fact.value())
        .collect(Collectors.joining("\n"));
  }

  /// The same words, with a title of at most so many characters in one line, and values of at most
  /// so many.
  AlertText shortened(int ofTitle, int ofValue) {
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

  /// The same words, with something done to the title and to the values.
  AlertText each(UnaryOperator<String> change) {
    return new AlertText(
        change.apply(title),
        facts.stream().map(fact -> fact.with(change.apply(fact.value()))).toList(),
        over,
        urgent,
        ownTitle,
        body);
  }

  /// What plain text the receiver shows below the title.
  String bodyOrFacts() {
    return body.orElseGet(this::factLines);
  }

  /// HTML in which the line breaks of a text without tags are shown.
  static String htmlLines(String html) {
    return hasTags(html) ? html : html.replaceAll("\\R", "<br>");
  }

  /// Whether HTML has tags.
  static boolean hasTags(String html) {
    return TAG.matcher(html).find();
  }

  /// The text that HTML without tags shows.
  static String unescaped(String html) {
    return html.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  /// A text for HTML and XML.
  static String html(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /// A text of at most so many characters (UTF-16), with an ellipsis where it was cut.
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = most - ELLIPSIS.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + ELLIPSIS;
  }

  /// A text in one line.
  static String line(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }
}
