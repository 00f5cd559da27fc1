package dev.rollcall.server.channel.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.channel.definition.ChannelReader;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTemplatesTest {
  private static final Delivery OPENED = Samples.INCIDENT.getFirst();
  private static final Delivery OVER = Samples.INCIDENT.getLast();
  private static final Delivery SEVERAL = Samples.ALL.get(2);

  private static String body(String template, Delivery delivery) {
    MessageTemplates templates = new MessageTemplates(Optional.empty(), Optional.of(template));
    return switch (templates.of(delivery, Markup.plain(3_000))) {
      case MessageTemplates.Made.Text(AlertText text) -> text.body().orElseThrow();
      case MessageTemplates.Made.Failed(String why) -> "failed: " + why;
    };
  }

  private static List<String> mistakes(Map<String, String> keys) {
    Mistakes mistakes = new Mistakes();
    var json = Json.stored("{}").put("name", "c").put("url", "https://h/");
    keys.forEach(json::put);
    ChannelReader.one(json, "", mistakes);
    return mistakes.lines();
  }

  @ParameterizedTest
  @CsvSource({
    "{{name}} is {{status}}, shop is down, shop is up",
    "{{state}} {{kind}} {{severity}}, open down critical, resolved recovered critical",
    "{{title}}, Down: shop, Up again: shop",
    "{{#open}}since {{started_at}}{{/open}}{{#resolved}}for {{duration}}{{/resolved}},"
        + " since 2026-11-28T12:00:00Z, for 12m34s",
    "{{^resolved}}still{{/resolved}}{{#resolved}}{{ended_at}}{{/resolved}}, still,"
        + " 2026-11-28T12:12:34Z",
    "'{{group}} [{{tags}}]', 'Shop [prod, web]', 'Shop [prod, web]'",
    "{{address}}, https://shop.example.org/, https://shop.example.org/",
    "{{cause}} {{runbook}}, status 503 (expected below 400) https://wiki.example.org/shop,"
        + " status 503 (expected below 400) https://wiki.example.org/shop",
    "{{incident}} {{count}} {{url}}, 7 1 https://status.example.org/incidents/7,"
        + " 7 1 https://status.example.org/incidents/7",
    "x{{acknowledge_url}}, xhttps://status.example.org/incidents/7/acknowledge, x",
    "{{#critical}}!{{/critical}}{{#warning}}?{{/warning}}{{#test}}t{{/test}}, !, !",
    "{{#incidents}}{{name}} {{status}}{{/incidents}}, shop down, shop up",
    "{{! a comment }}{{subject}}, service:shop, service:shop",
  })
  void hasTheNamesOfAnIncident(String template, String opened, String over) {
    assertThat(body(template, OPENED)).isEqualTo(opened);
    assertThat(body(template, OVER)).isEqualTo(over);
  }

  /// What other tools call the status says whether something works.
  @ParameterizedTest
  @CsvSource({
    "DOWN, down",
    "LATE, down",
    "FAILED, down",
    "SLOW, slow",
    "CERTIFICATE, certificate",
    "MANUAL, open",
    "RECOVERED, up",
    "ABSENCE, up",
    "TEST, test",
  })
  void theStatusIsWhatIsTold(Kind kind, String expected) {
    Message message = new Message("x", Instant.EPOCH, Instant.EPOCH, Optional.empty());
    Delivery delivery = new Delivery("service:x", kind, "k", message, Instant.EPOCH, 1);
    assertThat(body("{{status}}", delivery)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"SLOW, DOWN, down", "SLOW, RECOVERED, slow", "RECOVERED, RECOVERED, up"})
  void theStatusOfSeveralIsTheWorst(Kind one, Kind other, String expected) {
    Message.Item first = SEVERAL.message().several().orElseThrow().first().getFirst();
    Message message =
        new Message(
            "x",
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty(),
            Optional.of(
                new Message.Several(
                    2,
                    List.of(item(first, one), item(first, other)),
                    Optional.empty(),
                    Optional.empty())));
    Delivery delivery = new Delivery("incidents", Kind.SEVERAL, "k", message, Instant.EPOCH, 1);
    assertThat(body("{{status}}", delivery)).isEqualTo(expected);
  }

  private static Message.Item item(Message.Item like, Kind kind) {
    return new Message.Item(
        like.incident(),
        kind,
        Optional.of(kind),
        like.name(),
        like.began(),
        like.at(),
        like.cause(),
        like.about());
  }

  @ParameterizedTest
  @CsvSource({
    "{{name}}, '2 incidents: 1 down, 1 over'",
    "{{common}} {{count}}, group Shop 2",
    "'{{#incidents}}{{severity}} {{group}} [{{tags}}] {{address}}{{#critical}}!{{/critical}}; {{/incidents}}',"
        + " 'critical Shop [prod, web] https://shop.example.org/!;"
        + " critical Shop [prod, web] https://mail.example.org/!; '",
    "'{{#several}}{{#incidents}}{{name}} {{state}}{{^-last}}, {{/-last}}{{/incidents}}"
        + "{{/several}}', 'shop resolved, mail open'",
    "{{#incidents}}{{#cause}}{{name}}: {{cause}}{{/cause}}{{/incidents}}, mail: timeout",
    "{{#incidents}}{{incident}}{{#incidents}}never{{/incidents}};{{/incidents}}, 7;8;",
  })
  void hasTheNamesOfSeveralIncidents(String template, String expected) {
    assertThat(body(template, SEVERAL)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{nmae}} | body: line 1: {{nmae}} is no name, did you mean name?",
        "{{hostnameOrURL}} | body: line 1: {{hostnameOrURL}} is no name: write {{address}}",
        "{{ monitorJSON.name }} | body: line 1: {{monitorJSON.name}} is no name: write {{json}}",
        "{{ENDPOINT_NAME}} | body: line 1: {{ENDPOINT_NAME}} is no name: write {{name}}",
        "'a\nb {{#open}}\n{{hostname}}{{/open}}' | body: line 3: {{hostname}} is no name",
        "{{#name}} | body: line 1: Section missing close tag 'name'",
        "'x\n{{/name}}' | body: line 2: Section close tag with no open tag 'name'",
        "'x\n{{#open}}{{/name}}' | body: line 2: Section close tag with mismatched open tag",
        "'x\n\n{{name' | body: line 3: {{ has no }}",
        "'{{name}\nx {{open}}' | body: line 1: {{ has no }}",
        "'x\n{{}}' | body: line 2: a tag has no name",
        "{{> other}} | body: line 1: there are no partials",
        "{{< other}}{{/other}} | body: line 1: there are no partials",
        "'{{=<% %>=}}<%name%>' | body: line 1: delimiters cannot be changed",
        "{{name.length}} | body: line 1: {{name.length}} is no name",
        "{{.}} | body: line 1: {{.}} is no name",
        "{{#resolved}}over{{/resolved}} | body: is empty (for a message of the kind down)",
        "' ' | body: must have 1 to 10000 characters",
      })
  void aMistakeIsToldWithItsLine(String template, String expected) {
    assertThat(mistakes(Map.of("type", "slack", "body", template)))
        .singleElement()
        .asString()
        .startsWith(expected);
    assertThat(mistakes(Map.of("type", "slack", "title", template)))
        .singleElement()
        .asString()
        .startsWith(expected.replace("body:", "title:"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "webhook | '{\"a\":\n{{name}}}' | body: line 2: makes no JSON: Unrecognized token 'shop'",
        "webhook | {{name}} | body: line 1: makes no JSON",
        "alert-uri | {{name}} | body: has no effect: this type has no text",
      })
  void aTextThatTheReceiverCannotReadIsAMistake(String type, String body, String expected) {
    assertThat(mistakes(Map.of("type", type, "body", body)))
        .singleElement()
        .asString()
        .startsWith(expected);
  }

  @Test
  void aTextIsNoLongerThanTheReceiverTakes() {
    assertThat(mistakes(Map.of("type", "slack", "body", "x".repeat(3_001))))
        .containsExactly("body: makes more than 3000 characters (for a message of the kind down)");
    assertThat(mistakes(Map.of("type", "slack", "body", "x".repeat(10_001))))
        .containsExactly("body: must have 1 to 10000 characters");
    assertThat(body("{{name}}".repeat(10), named("y".repeat(20_000))))
        .hasSizeLessThanOrEqualTo(3_000)
        .contains("yyy…yyy");
    assertThat(body("{{name}}".repeat(100), named("y".repeat(20_000))))
        .isEqualTo("failed: body: makes more than 3000 characters");
  }

  private static Delivery named(String name) {
    Message message = new Message(name, Instant.EPOCH, Instant.EPOCH, Optional.empty());
    return new Delivery("service:x", Kind.DOWN, "k", message, Instant.EPOCH, 1);
  }

  /// However lists are nested, and whatever a document contains.
  @Test
  void aTemplateTakesNeitherTimeNorMemoryWithoutBound() {
    String nested =
        String.join("", Collections.nCopies(400, "{{#incidents}}"))
            + String.join("", Collections.nCopies(400, "{{/incidents}}"));
    String documents = "{{#incidents}}" + "{{json}}".repeat(1_000) + "{{/incidents}}";
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          assertThat(body(nested, SEVERAL)).isEqualTo("failed: body: is empty");
          assertThat(body(documents, SEVERAL))
              .isEqualTo("failed: body: makes more than 3000 characters");
        });
  }

  @Test
  void theDocumentationHasAllNames() throws IOException {
    String page = Files.readString(Path.of("../docs/channels.md"));
    String table = page.substring(page.indexOf("## Templates"), page.indexOf("## Routes"));
    assertThat(MessageNames.ALL).allSatisfy(name -> assertThat(table).contains("`" + name + "`"));
  }
}
