package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.web.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What people do with incidents, and what they see of many.
@ParameterizedClass
@EnumSource
class IncidentChangesTest extends IncidentTests {
  IncidentChangesTest(TestDatabases engine) {
    super(engine);
  }

  /// Who reads an incident gets all of its timeline.
  @Test
  void whatPeopleWriteToAnIncidentIsBounded() {
    down("a", "b");
    long full = incident("a").id();
    for (int i = 0; i < 20; i++) {
      note(full, "x".repeat(10_000));
    }
    assertRefused(409, () -> note(full, "x"));
    assertRefused(409, () -> acknowledge(full, Optional.of("seen")));
    acknowledge(full, Optional.empty());
    assertThat(incident("a").acknowledged()).isPresent();
    long many = incident("b").id();
    for (int i = 0; i < 250; i++) {
      acknowledge(many, Optional.empty());
      incidents.changes().unacknowledge(Scope.operator(), many, new Caller.Operator(true));
    }
    assertRefused(409, () -> acknowledge(many, Optional.empty()));
    assertRefused(409, () -> note(many, "x"));
    assertRefused(409, () -> change(many, "{\"severity\":\"warning\"}"));
    endByHand(many);
    assertThat(openIncidents()).containsExactly("a");
  }

  private void note(long id, String text) {
    incidents.changes().note(Scope.operator(), id, new Caller.Operator(true), text, false);
  }

  private void acknowledge(long id, Optional<String> note) {
    incidents.changes().acknowledge(Scope.operator(), id, new Caller.Operator(true), note);
  }

  @Test
  void theIncidentsThatOpenedInASpanAreSummedUp() {
    Instant from = clock.wall();
    down("a");
    clock.pass(Duration.ofSeconds(20));
    openByHand("x", ",\"subjects\":[\"service:a\",\"service:b\"]");
    up("a");
    Instant to = clock.wall().plusSeconds(1);
    IncidentSummary summary =
        IncidentSummary.of(incidents.store().opened(Scope.operator(), from, to, 10));
    assertThat(summary.all().many()).isEqualTo(2);
    assertThat(summary.all().detect().mean()).isEqualTo(Duration.ofSeconds(10));
    assertThat(summary.all().repair().median()).isEqualTo(Duration.ofSeconds(30));
    assertThat(summary.bySubject())
        .extracting(line -> line.subject().map(Subject::name).orElse("-") + " " + line.many())
        .containsExactly("a 2", "b 1");
    assertThat(incidents.store().opened(Scope.operator(), from, to, 1)).hasSize(1);
    assertThat(incidents.store().opened(Scope.of(7), from, to, 10)).isEmpty();
    assertThat(incidents.store().opened(Scope.operator(), to, to.plusSeconds(9), 10)).isEmpty();
  }

  @Test
  void whatEndedBeforeItsRetentionIsDeletedWithAllThatBelongsToIt() {
    keys.put("old", tagged("prod"));
    down("old", "open");
    long old = incident("old").id();
    up("old");
    clock.pass(Duration.ofSeconds(1));
    down("young");
    long young = incident("young").id();
    up("young");
    clock.pass(SETTINGS.retention());
    incidents.start();
    await().until(() -> incidents.store().find(Scope.everything(), old).isEmpty());
    assertThat(incidents.store().timeline(old)).isEmpty();
    assertThat(number("SELECT COUNT(*) FROM incident_tag")).isZero();
    assertThat(incidents.store().find(Scope.everything(), young)).isPresent();
    assertThat(openIncidents()).containsExactly("open");
  }

  private static AlertKeys tagged(String tag) {
    return AlertKeys.stored(Json.stored("{\"tags\":[\"" + tag + "\"]}"));
  }

  private long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  @Test
  void theOpenIncidentsOfEachOwnerAreCountedInMemory() {
    try (OpenIncidents counted = new OpenIncidents(database)) {
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(0, false));
      openByHand("x", ",\"severity\":\"warning\"");
      counted.round();
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(1, false));
      down("a");
      counted.round();
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(2, true));
      assertThat(counted.of(7)).isEqualTo(new Site.Open(0, false));
      up("a");
      counted.round();
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(1, false));
    }
  }

  @Test
  void peopleChangeTheTitleTheSeverityAndThePublicPhase() {
    down("a");
    long id = incident("a").id();
    change(id, "{\"title\":\"no more disks\",\"severity\":\"warning\",\"phase\":\"identified\"}");
    change(id, "{\"phase\":\"identified\"}");
    assertThat(incident("a").title()).contains("no more disks");
    assertThat(incident("a").phase()).contains(PublicPhase.IDENTIFIED);
    assertThat(incident("a").severity()).isEqualTo(Severity.WARNING);
    up("a");
    change(id, "{\"phase\":\"resolved\",\"title\":null}");
    change(id, "{\"phase\":null}");
    assertThat(incidents.store().find(Scope.operator(), id).orElseThrow().phase()).isEmpty();
    incidents.changes().note(Scope.operator(), id, new Caller.Operator(true), "we know", true);
    assertThat(incidents.store().timeline(id))
        .extracting(entry -> entry.type() + " " + entry.text().orElse("-") + " " + entry.isPublic())
        .containsExactly(
            "OPENED status 503 false",
            "TITLE no more disks false",
            "SEVERITY warning false",
            "PHASE identified false",
            "RESOLVED - false",
            "TITLE - false",
            "PHASE resolved false",
            "PHASE - false",
            "NOTE we know true");
    for (String wrong :
        List.of(
            "{}",
            "[]",
            "{\"phase\":\"x\"}",
            "{\"phase\":1}",
            "{\"severity\":null}",
            "{\"title\":\" \"}")) {
      assertRefused(400, () -> change(id, wrong));
    }
    assertRefused(
        404,
        () ->
            incidents
                .changes()
                .change(
                    Scope.of(7), id, new Caller.Operator(true), Json.stored("{\"title\":\"x\"}")));
    long byHand = openByHand("mine", "");
    assertRefused(400, () -> change(byHand, "{\"title\":null}"));
  }

  private void change(long id, String json) {
    incidents.changes().change(Scope.operator(), id, new Caller.Operator(true), tree(json));
  }

  private static JsonNode tree(String json) {
    return json.equals("[]") ? JsonNodeFactory.instance.arrayNode() : Json.stored(json);
  }
}
