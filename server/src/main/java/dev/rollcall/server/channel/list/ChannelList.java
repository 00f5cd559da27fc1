package dev.rollcall.server.channel.list;

import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.channel.message.MessageTemplates;
import dev.rollcall.server.channel.message.Samples;
import dev.rollcall.server.channel.store.ChannelStore;
import dev.rollcall.server.channel.store.StoredDefinitions;
import dev.rollcall.server.channel.type.AlertUri;
import dev.rollcall.server.channel.type.ChannelType;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// The channels of an owner, those of the configuration file first, and what people do with them,
/// by the API and on pages.
public final class ChannelList {
  private final ChannelStore store;
  private final StoredDefinitions definitions;
  private final Supplier<List<ChannelDefinition>> ofFile;
  private final Runnable changed;
  private final Function<String, Optional<Channel>> open;
  private final BiFunction<Long, String, List<Delivery>> lastTold;
  private final Clock clock;
  private final TestMessages tests;

  /// A channel as pages show it.
  ///
  /// @param key its name in the outbox
  /// @param receiver the host and port of its receiver; empty while this process does not use it
  /// @param hasText whether its messages have a text
  /// @param route the keys of its route with their values in words, as they were given
  /// @param hints what is right in its definition and probably not meant
  public record Listed(
      String name,
      String type,
      boolean ofFile,
      String key,
      Optional<String> receiver,
      boolean hasText,
      Map<String, String> route,
      List<String> hints) {
    /// Copies the map and the list.
    public Listed {
      route = Map.copyOf(route);
      hints = List.copyOf(hints);
    }
  }

  /// What became of a test.
  ///
  /// @param said what the receiver answered, or why it was not sent
  public record Tested(boolean sent, String said, Duration took) {}

  /// What a channel would send.
  ///
  /// @param real whether it is about the last incident; otherwise that is made up
  public record Preview(boolean real, List<PreviewMessage> messages) {
    /// Copies the list.
    public Preview {
      messages = List.copyOf(messages);
    }
  }

  /// A message of it.
  ///
  /// @param kind what it tells: `down`
  /// @param body what is below the title; of a webhook what is sent
  /// @param problem why it is not the text of the channel's definition
  public record PreviewMessage(String kind, String title, String body, Optional<String> problem) {}

  /// @param ofFile the channels of the configuration file
  /// @param changed is called after each change
  /// @param open finds a channel that is in use, by its name in the outbox
  /// @param lastTold finds what an owner was told last on a channel: [Outbox#lastTold]
  public ChannelList(
      ChannelStore store,
      StoredDefinitions definitions,
      Supplier<List<ChannelDefinition>> ofFile,
      Runnable changed,
      Function<String, Optional<Channel>> open,
      BiFunction<Long, String, List<Delivery>> lastTold,
      Clock clock) {
    this.store = store;
    this.definitions = definitions;
    this.ofFile = ofFile;
    this.changed = changed;
    this.open = open;
    this.lastTold = lastTold;
    this.clock = clock;
    this.tests = new TestMessages(clock);
  }

  /// All of an owner.
  public List<Listed> of(Scope scope) {
    return Stream.concat(
            fileOf(scope)
                .map(
                    each ->
                        listed(
                            each.name(), each.type().name(), true, each.name(), Optional.of(each))),
            store.list(Scope.of(scope.owner())).stream().map(this::listed))
        .toList();
  }

  private Listed listed(ChannelStore.Row row) {
    String key = ChannelStore.key(row.owner(), row.name());
    return listed(row.name(), row.type(), false, key, definitions.read(row));
  }

  private Listed listed(
      String name, String type, boolean ofFile, String key, Optional<ChannelDefinition> read) {
    Map<String, String> route =
        read.stream()
            .flatMap(definition -> definition.json().path("route").properties().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, field -> words(field.getValue())));
    Optional<Channel> used = open.apply(key);
    List<String> hints = read.map(ChannelDefinition::hints).orElseGet(List::of);
    boolean hasText = used.filter(AlertUri.class::isInstance).isEmpty();
    return new Listed(name, type, ofFile, key, used.map(Channel::receiver), hasText, route, hints);
  }

  private static String words(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asString)
            .collect(Collectors.joining(", "))
        : value.asString();
  }

  /// The words of all types, for those who add one.
  public static List<String> types() {
    return ChannelType.ALL.stream().map(ChannelType::name).toList();
  }

  /// Deletes one of the API. Refused with 404 if there is none of that name, and with 409 for one
  /// of the file.
  public void delete(Scope scope, String name) {
    ChannelStore.Row row = ofTheApi(scope, name);
    if (!store.delete(row.owner(), row.name())) {
      throw unknown(row.name()); // another request was faster
    }
    changed.run();
  }

  /// Sends a message that is marked as a test, at once and once. It may take 10 s.
  public Tested test(Scope scope, String name) {
    if (!isOfFile(scope, name) && store.find(scope, name).isEmpty()) {
      throw unknown(name);
    }
    Channel channel =
        open.apply(ChannelStore.key(scope.owner(), name))
            .orElseThrow(
                () -> Refusal.of(409, "channel " + name + " is not in use yet: try again"));
    Duration began = clock.monotonic();
    Channel.Result result = tests.send(scope.owner(), channel);
    Duration took = clock.monotonic().minus(began);
    return switch (result) {
      case Channel.Result.Sent(String answer, _, Optional<String> remark) ->
          new Tested(true, answer + remark.map(text -> " (" + text + ")").orElse(""), took);
      case Channel.Result.Retry(String why, _, _) -> new Tested(false, why, took);
      case Channel.Result.Refused(String why) -> new Tested(false, why, took);
      case Channel.Result.Withheld _ -> new Tested(false, "it was withheld", took);
    };
  }

  /// What a channel would send of the last incident, or of one that is made up. Refused with 404 if
  /// there is none of that name, and with 409 if its messages have no text.
  public Preview preview(Scope scope, String name) {
    ChannelDefinition definition =
        fileOf(scope)
            .filter(each -> each.name().equals(name))
            .findFirst()
            .or(() -> store.find(scope, name).flatMap(definitions::read))
            .orElseThrow(() -> unknown(name));
    Markup markup =
        definition
            .settings()
            .markup()
            .orElseThrow(
                () ->
                    Refusal.of(
                        409,
                        "channel %s is of the type %s, which has no text"
                            .formatted(name, definition.type().name())));
    List<Delivery> last = lastTold.apply(scope.owner(), name);
    return new Preview(
        !last.isEmpty(),
        (last.isEmpty() ? Samples.INCIDENT : last)
            .stream().map(delivery -> message(definition, markup, delivery)).toList());
  }

  private static PreviewMessage message(
      ChannelDefinition definition, Markup markup, Delivery delivery) {
    AlertText text = AlertText.of(delivery);
    Optional<String> problem = Optional.empty();
    switch (definition.templates().of(delivery, markup)) {
      case MessageTemplates.Made.Text(AlertText made) -> text = made;
      case MessageTemplates.Made.Failed(String why) -> problem = Optional.of(why);
    }
    return new PreviewMessage(
        delivery.kind().word(), text.title(), definition.settings().shown(delivery, text), problem);
  }

  /// The channels of the file are the operator's.
  public Stream<ChannelDefinition> fileOf(Scope scope) {
    return scope.owner() == Scope.OPERATOR ? ofFile.get().stream() : Stream.empty();
  }

  public boolean isOfFile(Scope scope, String name) {
    return fileOf(scope).anyMatch(each -> each.name().equals(name));
  }

  public ChannelStore.Row ofTheApi(Scope scope, String name) {
    if (isOfFile(scope, name)) {
      throw Refusal.of(
          409, "channel " + name + " is defined in the configuration file: change it there");
    }
    return store.find(scope, name).orElseThrow(() -> unknown(name));
  }

  public static Refusal unknown(String name) {
    return Refusal.notFound("there is no channel " + name);
  }
}
