package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.channel.message.TextChannel;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: alertmanager`: alerts of Prometheus Alertmanager, which routes them. Those of a cluster
/// are all told, as Prometheus does it, and it is enough if one of them has taken it: they tell
/// each other whom they have notified.
///
/// Source: prometheus/alertmanager, api/v2/openapi.yaml.
final class Alertmanager implements ChannelType {
  private static final String URL = "url";
  private static final int MOST = 5;
  private static final int LONGEST_LABEL = 1_000;
  private static final int LONGEST_TEXT = 4_000;

  /// An alert is firing until then unless its end is told. It is told once, so this has to be
  /// longer than incidents are.
  private static final Duration FIRES = Duration.ofDays(30);

  private static final Duration TEST_FIRES = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "alertmanager";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL);
  }

  @Override
  public Set<String> secretKeys() {
    return keys();
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    List<URI> urls = HttpKeys.servers(fields, URL, "the URL of Alertmanager, or a list");
    if (urls.size() > MOST) {
      fields.mistake(URL, "has more than " + MOST + " URLs: give those of one cluster");
    }
    return fields.wrong() || urls.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(List.copyOf(urls)));
  }

  /// @param urls of the servers of one cluster
  record Settings(List<URI> urls) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new Cluster(
          urls.stream()
              .map(url -> HttpKeys.endpoint(url, "/api/v2/alerts"))
              .map(url -> new HttpChannel(key, url, List.of(), Alertmanager::request, resolver))
              .toList());
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.plain(LONGEST_TEXT));
    }
  }

  /// A channel to each of several servers.
  private record Cluster(List<HttpChannel> members) implements TextChannel {
    @Override
    public String name() {
      return members.getFirst().name();
    }

    @Override
    public String receiver() {
      return members.getFirst().receiver();
    }

    @Override
    public boolean tells(Notification.Kind kind) {
      return members.getFirst().tells(kind);
    }

    @Override
    public boolean keepsIncidents() {
      return true;
    }

    /// At the same time, since one may take as long as all may.
    @Override
    public Result send(Delivery delivery, AlertText text) throws InterruptedException {
      List<Result> results = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Callable<Result>> calls =
            members.stream().<Callable<Result>>map(one -> () -> one.send(delivery, text)).toList();
        for (Future<Result> call : threads.invokeAll(calls)) {
          results.add(call.get());
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
      return best(results);
    }

    private static Result best(List<Result> results) {
      return results.stream()
          .filter(Result.Sent.class::isInstance)
          .findFirst()
          .or(() -> withheld(results))
          .or(() -> results.stream().filter(Result.Retry.class::isInstance).findFirst())
          .orElseGet(results::getFirst);
    }

    /// A failure may have arrived.
    private static Optional<Result> withheld(List<Result> results) {
      boolean begun = !results.stream().allMatch(new Result.Withheld(false)::equals);
      return results.stream()
          .filter(Result.Withheld.class::isInstance)
          .findFirst()
          .map(_ -> new Result.Withheld(begun));
    }

    @Override
    public void close() {
      members.forEach(HttpChannel::close);
    }
  }

  private static HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
    Message message = delivery.message();
    Instant began = message.incident().map(Message.OfIncident::began).orElse(message.at());
    Duration lasts = delivery.kind() == Notification.Kind.TEST ? TEST_FIRES : FIRES;
    Instant ends = text.over() ? message.at() : message.at().plus(lasts);
    ArrayNode alerts = JsonNodeFactory.instance.arrayNode();
    ObjectNode alert =
        alerts
            .addObject()
            .put("startsAt", (began.isBefore(ends) ? began : ends).toString())
            .put("endsAt", ends.toString());
    labels(alert.putObject("labels"), delivery);
    AlertText shown = text.shortened(LONGEST_LABEL, LONGEST_TEXT);
    alert
        .putObject("annotations")
        .put("summary", shown.title())
        .put("description", shown.bodyOrFacts());
    return HttpChannel.json(uri, alerts);
  }

  /// What the end has in common with the beginning: an alert is known by its labels.
  private static void labels(ObjectNode labels, Delivery delivery) {
    String subject = delivery.subject();
    int colon = subject.indexOf(':');
    labels
        .put("alertname", "Rollcall")
        .put("type", colon < 0 ? "" : subject.substring(0, colon))
        .put("name", AlertText.cut(delivery.message().name(), LONGEST_LABEL));
    Optional<Message.OfIncident> incident = delivery.message().incident();
    incident
        .flatMap(one -> one.about().group())
        .ifPresent(group -> labels.put("group", AlertText.cut(group, LONGEST_LABEL)));
    incident
        .map(one -> String.join(",", one.about().tags()))
        .filter(tags -> !tags.isEmpty())
        .ifPresent(tags -> labels.put("tags", AlertText.cut(tags, LONGEST_LABEL)));
  }
}
