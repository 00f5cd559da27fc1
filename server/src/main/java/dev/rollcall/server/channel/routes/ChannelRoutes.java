package dev.rollcall.server.channel.routes;

import dev.rollcall.server.address.PublicResolver;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.definition.ChannelReader;
import dev.rollcall.server.channel.list.ChannelList;
import dev.rollcall.server.channel.store.ChannelStore;
import dev.rollcall.server.channel.store.StoredDefinitions;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.owner.Scope;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// `/v1/channels`: the channels, and how they are made, changed and deleted. Values that may be
/// secret are `***`. Those of the configuration file are changed in the file.
public final class ChannelRoutes {
  private static final String HIDDEN = "***";

  /// How many channels an owner may have: each is looked at in each round of the outbox.
  private static final int MOST = 1_000;

  /// How many one account may have.
  private static final int MOST_OF_ACCOUNT = 20;

  /// How many all accounts and teams together may have: each takes some 12 KB of memory, and
  /// strangers make as many accounts as they like.
  private static final int MOST_OF_ACCOUNTS = 5_000;

  private static final Duration FULL_FOR = Duration.ofMinutes(1);

  /// The characters of the definition of one, as it is in memory.
  private static final int LONGEST_OF_ACCOUNTS = 4096;

  private final ChannelStore store;
  private final StoredDefinitions definitions;
  private final ChannelList list;
  private final PublicResolver publicOnly;
  private final BiFunction<Long, AlertRoute, Optional<String>> unknownWords;
  private final Runnable changed;

  /// @param publicOnly what channels of accounts may reach
  /// @param unknownWords what people should know about a route of an owner
  /// @param changed is called after each change
  public ChannelRoutes(
      ChannelStore store,
      StoredDefinitions definitions,
      ChannelList list,
      PublicResolver publicOnly,
      BiFunction<Long, AlertRoute, Optional<String>> unknownWords,
      Runnable changed) {
    this.store = store;
    this.definitions = definitions;
    this.list = list;
    this.publicOnly = publicOnly;
    this.unknownWords = unknownWords;
    this.changed = changed;
  }

  public List<Route> routes() {
    return List.of(
        Route.list("/v1/channels", Access.USER, this::all),
        Route.post("/v1/channels", Access.USER, this::create),
        Route.get("/v1/channels/{name}", Access.USER, this::show),
        Route.patch("/v1/channels/{name}", Access.USER, this::change),
        Route.delete("/v1/channels/{name}", Access.USER, this::delete),
        Route.get("/v1/channels/{name}/preview", Access.USER, this::preview),
        Route.post("/v1/channels/{name}/test", Access.USER, this::test).waiting());
  }

  /// A channel as it is shown.
  private record Shown(String origin, ObjectNode definition) {}

  private Answer all(Request request) {
    Scope scope = request.scope();
    List<Shown> shown =
        Stream.concat(
                list.fileOf(scope).map(ChannelRoutes::ofTheFile),
                store.list(Scope.of(scope.owner())).stream().map(this::stored))
            .toList();
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("channels").writeStartObject();
          json.writeName("data").writeStartArray();
          shown.forEach(each -> write(json, each));
          json.writeEndArray().writeEndObject().writeEndObject();
        });
  }

  private Answer show(Request request) {
    return answer(200, found(request.scope(), request.path("name")), Optional.empty());
  }

  private Answer create(Request request) {
    long owner = request.scope().owner();
    ChannelDefinition definition = read(owner, request.json());
    String name = definition.name();
    int most = owner == Scope.OPERATOR ? MOST : MOST_OF_ACCOUNT;
    if (list.isOfFile(request.scope(), name)
        || !store.create(
            owner,
            name,
            definition.type().name(),
            definitions.sealed(owner, definition),
            new ChannelStore.Most(most, MOST_OF_ACCOUNTS))) {
      throw notMade(request.scope(), name, most);
    }
    changed.run();
    return answer(201, found(request.scope(), name), hint(owner, definition)).naming(name);
  }

  private RuntimeException notMade(Scope scope, String name, int most) {
    if (list.isOfFile(scope, name) || store.find(scope, name).isPresent()) {
      return Refusal.of(409, "there is a channel " + name + ": change that one, or choose a name");
    }
    return store.list(Scope.of(scope.owner())).size() >= most
        ? Refusal.of(409, "there are " + most + " channels: delete one first")
        : new Unavailable("this server has no room for more channels of accounts", FULL_FOR);
  }

  /// Given fields replace the previous ones; fields that are null are removed. A value of `***`
  /// leaves the previous one.
  private Answer change(Request request) {
    long owner = request.scope().owner();
    ChannelStore.Row row = list.ofTheApi(request.scope(), request.path("name"));
    if (!(request.json() instanceof ObjectNode given)) {
      throw Refusal.badRequest("the body is no object: write {\"key\": value}");
    }
    if (given.has("name") && !given.path("name").asString("").equals(row.name())) {
      throw Refusal.badRequest("name: a channel keeps its name: make another one");
    }
    ObjectNode merged =
        definitions
            .read(row)
            .map(ChannelDefinition::json)
            .orElseGet(JsonNodeFactory.instance::objectNode);
    given.properties().stream()
        .filter(field -> !field.getValue().asString("").equals(HIDDEN))
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                merged.remove(field.getKey());
              } else {
                merged.set(field.getKey(), field.getValue());
              }
            });
    merged.put("name", row.name());
    merged.put("type", row.type());
    if (given.has("type") && !given.path("type").asString("").equals(row.type())) {
      throw Refusal.badRequest("type: a channel keeps its type: make another one");
    }
    ChannelDefinition definition = read(owner, merged);
    if (!store.replace(owner, row.name(), definitions.sealed(owner, definition))) {
      throw ChannelList.unknown(row.name());
    }
    changed.run();
    return answer(200, found(request.scope(), row.name()), hint(owner, definition));
  }

  /// What is right and probably not meant: `body, line 2: $NAME is of healthchecks, and stays as it
  /// is: write {{name}}; route: no service, heartbeat or group has the tag prdo`.
  private Optional<String> hint(long owner, ChannelDefinition definition) {
    String hints =
        Stream.concat(
                definition.hints().stream(),
                unknownWords.apply(owner, definition.route()).map("route: "::concat).stream())
            .collect(Collectors.joining("; "));
    return Optional.of(hints).filter(text -> !text.isEmpty());
  }

  private Answer delete(Request request) {
    list.delete(request.scope(), request.path("name"));
    return Envelope.ok();
  }

  /// `{"result": "sent"}` with what the receiver answered, or `failed` with the reason, and how
  /// long it took.
  private Answer test(Request request) {
    ChannelList.Tested tested = list.test(request.scope(), request.path("name"));
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("test").writeStartObject().writeName("data");
          json.writeStartObject()
              .writeStringProperty("result", tested.sent() ? "sent" : "failed")
              .writeStringProperty(tested.sent() ? "answer" : "reason", tested.said());
          Json.millis(json, "took_ms", tested.took());
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }

  /// What it would send, of the last incident or of one that is made up.
  private Answer preview(Request request) {
    ChannelList.Preview preview = list.preview(request.scope(), request.path("name"));
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("preview").writeStartObject().writeName("data");
          json.writeStartObject().writeBooleanProperty("real", preview.real());
          json.writeName("messages").writeStartArray();
          for (ChannelList.PreviewMessage message : preview.messages()) {
            json.writeStartObject()
                .writeStringProperty("kind", message.kind())
                .writeStringProperty("title", message.title())
                .writeStringProperty("body", message.body());
            message.problem().ifPresent(why -> json.writeStringProperty("problem", why));
            json.writeEndObject();
          }
          json.writeEndArray().writeEndObject().writeEndObject().writeEndObject();
        });
  }

  private Shown found(Scope scope, String name) {
    return list.fileOf(scope)
        .filter(each -> each.name().equals(name))
        .map(ChannelRoutes::ofTheFile)
        .findFirst()
        .or(() -> store.find(scope, name).map(this::stored))
        .orElseThrow(() -> ChannelList.unknown(name));
  }

  private ChannelDefinition read(long owner, JsonNode body) {
    Mistakes mistakes = new Mistakes();
    ChannelDefinition definition =
        ChannelReader.one(body, "", mistakes)
            .orElseThrow(() -> Refusal.badRequest(mistakes.lines()));
    if (owner != Scope.OPERATOR) {
      if (definition.json().toString().length() > LONGEST_OF_ACCOUNTS) {
        throw Refusal.badRequest("has more than " + LONGEST_OF_ACCOUNTS + " characters of JSON");
      }
      JsonNode urls = definition.json().path("url");
      for (JsonNode each : urls.isArray() ? urls : List.of(urls)) {
        String url = each.asString("").strip();
        require(url.isEmpty() || publicOnly.permits(URI.create(url)), "url");
      }
      require(publicOnly.permits(definition.json().path("host").asString("").strip()), "host");
    }
    return definition;
  }

  /// A mistake is told at once; what counts is the address that is connected to.
  private static void require(boolean permitted, String key) {
    if (!permitted) {
      throw Refusal.badRequest(
          key
              + ": is not public: channels of accounts reach public addresses, and what the operator"
              + " allows (accounts.reach.allow)");
    }
  }

  /// What the file says may come from the environment or from a file of secrets, so only the name
  /// and the type are shown.
  private static Shown ofTheFile(ChannelDefinition definition) {
    ObjectNode shown = head(definition.name(), definition.type().name());
    definition.type().keys().stream()
        .sorted()
        .filter(key -> definition.json().hasNonNull(key))
        .forEach(key -> shown.put(key, HIDDEN));
    return new Shown("file", shown);
  }

  private Shown stored(ChannelStore.Row row) {
    ObjectNode shown = head(row.name(), row.type());
    definitions
        .read(row)
        .ifPresent(
            definition ->
                definition
                    .json()
                    .properties()
                    .forEach(
                        field ->
                            shown.set(
                                field.getKey(),
                                definition.type().secretKeys().contains(field.getKey())
                                    ? StringNode.valueOf(HIDDEN)
                                    : field.getValue())));
    return new Shown("api", shown);
  }

  private static ObjectNode head(String name, String type) {
    return JsonNodeFactory.instance.objectNode().put("name", name).put("type", type);
  }

  private static Answer answer(int status, Shown shown, Optional<String> hint) {
    return Envelope.of(
        status,
        json -> {
          json.writeStartObject().writeName("channel").writeStartObject().writeName("data");
          json.writeStartObject();
          fields(json, shown);
          hint.ifPresent(text -> json.writeStringProperty("hint", text));
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Shown shown) {
    json.writeStartObject();
    fields(json, shown);
    json.writeEndObject();
  }

  private static void fields(JsonGenerator json, Shown shown) {
    shown
        .definition()
        .properties()
        .forEach(
            field -> {
              json.writeName(field.getKey());
              Json.node(json, field.getValue());
            });
    json.writeStringProperty("origin", shown.origin());
  }
}
