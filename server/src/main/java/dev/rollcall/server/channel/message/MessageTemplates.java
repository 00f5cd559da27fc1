package dev.rollcall.server.channel.message;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The texts that a channel has instead of ours, as templates. The title is one line without
/// markup. The body is in the markup of the receiver, and values in it are escaped.
///
/// @param title empty: our title
/// @param body empty: our text
public record MessageTemplates(Optional<String> title, Optional<String> body) {
  /// Our texts.
  public static final MessageTemplates NONE =
      new MessageTemplates(Optional.empty(), Optional.empty());

  public static final String TITLE = "title";
  public static final String BODY = "body";

  /// The keys of a definition.
  static final List<String> KEYS = List.of(TITLE, BODY);

  private static final int LONGEST_SOURCE = 10_000;
  private static final Markup LINE = new Markup(250, AlertText::line);

  /// What values are cut to, one after the other, until the text fits.
  private static final int LONGEST_VALUE = 4_000;

  private static final int SHORTEST_VALUE = 50;

  /// The text of a message, or why there is none.
  public sealed interface Made {
    /// The text.
    record Text(AlertText text) implements Made {}

    /// There is none.
    ///
    /// @param why a phrase such as `body: makes more than 3000 characters`
    record Failed(String why) implements Made {}
  }

  /// A channel with these texts.
  ///
  /// @param markup of the receiver; empty: its messages have no text
  public Channel over(Channel channel, Optional<Markup> markup) {
    return !equals(NONE) && markup.isPresent() && channel instanceof TextChannel texts
        ? new TemplatedChannel(texts, this, markup.get())
        : channel;
  }

  /// Reads the keys, and tries them with messages of each form.
  ///
  /// @param markup of the receiver; empty: its messages have no text
  public static MessageTemplates read(Fields fields, Optional<Markup> markup) {
    if (markup.isEmpty()) {
      fields.refuse(KEYS, "has no effect: this type has no text");
      return NONE;
    }
    return new MessageTemplates(source(fields, TITLE, LINE), source(fields, BODY, markup.get()));
  }

  private static Optional<String> source(Fields fields, String key, Markup markup) {
    Optional<String> source = fields.text(key);
    if (source.filter(text -> text.isBlank() || text.length() > LONGEST_SOURCE).isPresent()) {
      fields.mistake(key, "must have 1 to " + LONGEST_SOURCE + " characters");
      return Optional.empty();
    }
    return source.flatMap(text -> fields.built(key, () -> tried(text, markup)));
  }

  private static String tried(String source, Markup markup) {
    Template template = Template.of(source, MessageNames.ALL);
    for (Delivery sample : Samples.ALL) {
      try {
        rendered(template, sample, markup);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            e.getMessage() + " (for a message of the kind " + sample.kind().word() + ")", e);
      }
    }
    return source;
  }

  /// A line for each thing in the texts that is probably not meant as it is there: `body, line 2:
  /// $NAME is of healthchecks, and stays as it is: write {{name}}`.
  public List<String> hints() {
    return Stream.of(Map.entry(TITLE, title), Map.entry(BODY, body))
        .flatMap(
            text ->
                text.getValue().stream()
                    .flatMap(source -> OtherPlaceholders.hints(source).stream())
                    .map(hint -> text.getKey() + ", " + hint))
        .toList();
  }

  /// Makes the text of a delivery.
  public Made of(Delivery delivery, Markup markup) {
    AlertText standard = AlertText.of(delivery);
    String key = TITLE;
    try {
      Optional<String> line = title.map(source -> rendered(source, delivery, LINE));
      key = BODY;
      Optional<String> text = body.map(source -> rendered(source, delivery, markup));
      return new Made.Text(standard.worded(line, text));
    } catch (IllegalArgumentException e) {
      return new Made.Failed(key + ": " + e.getMessage());
    }
  }

  private static String rendered(String source, Delivery delivery, Markup markup) {
    return rendered(Template.of(source, MessageNames.ALL), delivery, markup);
  }

  /// @throws IllegalArgumentException with a phrase that says what is wrong with the text
  private static String rendered(Template template, Delivery delivery, Markup markup) {
    for (int each = LONGEST_VALUE; each >= SHORTEST_VALUE; each /= 2) {
      Map<String, Object> values = MessageNames.of(delivery, markup, each);
      try {
        String text = template.render(values, markup.longest());
        Optional<String> fault = text.isBlank() ? Optional.of("is empty") : markup.fault(text);
        if (fault.isPresent()) {
          throw new IllegalArgumentException(fault.get());
        }
        return text;
      } catch (Template.TooLong e) {
        // shorter values may do
      }
    }
    throw new IllegalArgumentException("makes more than " + markup.longest() + " characters");
  }
}
