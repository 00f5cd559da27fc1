package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Incidents that people open.
@ParameterizedClass
@EnumSource
class ManualIncidentsTest extends IncidentTests {
  ManualIncidentsTest(TestDatabases engine) {
    super(engine);
  }

  @Test
  void whatAPersonOpensIsToldIfAskedForAndOnlyAPersonEndsIt() {
    use(new RoutedChannel(chat, routed(List.of(), Set.of("manual"))));
    long quiet = openByHand("slow checkout", ",\"subjects\":\"service:a\"");
    notifier.round();
    long told = openByHand("disks", ",\"told\":true,\"severity\":\"warning\"");
    notifier.round();
    Delivery first = got(chat, 1).getFirst();
    assertThat(first.kind()).isEqualTo(Kind.MANUAL);
    assertThat(first.message().name()).isEqualTo("disks");
    assertThat(first.message().incident().orElseThrow().about().severity())
        .isEqualTo(Severity.WARNING);
    down("a");
    up("a");
    down("a");
    assertThat(openIncidents()).containsExactly("a", "disks", "slow checkout");
    assertThat(incident("a").flapping()).isFalse();
    up("a");
    signal("a", "down", "removed");
    assertThat(openIncidents()).containsExactly("disks", "slow checkout");
    incidents.changes().resolve(Scope.operator(), told, new Caller.Operator(true));
    incidents.changes().resolve(Scope.operator(), quiet, new Caller.Operator(true));
    pass(TOGETHER);
    Delivery over = got(chat, 2).getLast();
    assertThat(over.kind()).isEqualTo(Kind.RECOVERED);
    assertThat(over.message().name()).isEqualTo("disks");
    assertThat(openIncidents()).isEmpty();
    assertThat(incidents.store().of(Scope.operator(), Subject.Type.SERVICE, "a".hashCode(), 10))
        .extracting(Incident::id)
        .contains(quiet)
        .doesNotContain(told);
  }

  @Test
  void whatAPersonOpensHidesNothingThatDependsOnItAndIsToldInMaintenance() {
    use(all(chat));
    keys.put("shop", dependingOn("a"));
    maintenance(clock.wall().plus(Duration.ofHours(1))); // of a
    openByHand("a", ",\"subjects\":[\"service:a\"],\"told\":true");
    down("shop");
    assertThat(openIncidents()).containsExactly("shop", "a");
    notifier.round();
    got(chat, 1);
  }

  @Test
  void aRouteFitsWhatAPersonOpenedIfItFitsOneOfItsSubjects() {
    keys.put("a", tagged("prod"));
    keys.put("b", tagged("web"));
    use(
        new RoutedChannel(chat, routed(List.of("web"), Set.of())),
        new RoutedChannel(pager, routed(List.of("test"), Set.of())));
    openByHand("both", ",\"subjects\":[\"service:a\",\"service:b\"],\"told\":true");
    openByHand("none", ",\"told\":true");
    pass(TOGETHER);
    assertThat(got(chat, 1).getFirst().message().name()).isEqualTo("both");
    got(pager, 0);
    for (String tag : List.of("prod", "web")) {
      assertThat(
              incidents
                  .store()
                  .newest(
                      Scope.operator(),
                      new IncidentStore.Filter(
                          Optional.empty(),
                          Optional.of(IncidentKind.MANUAL),
                          Optional.of(new IncidentStore.SubjectFilter(Subject.Type.SERVICE, "a")),
                          Optional.of(tag),
                          Long.MAX_VALUE),
                      10))
          .singleElement()
          .extracting(Incident::name)
          .isEqualTo("both");
    }
  }

  @Test
  void whatAPersonOpensIsToldWhenTheRouteSaysToWhomCanBeToldIt() {
    use(
        new RoutedChannel(chat, route(Duration.ofMinutes(15), Optional.empty(), true)),
        all(pager.without(Kind.MANUAL)));
    openByHand("none", ",\"told\":true");
    openByHand("one", ",\"subjects\":\"service:a\",\"told\":true");
    pass(Duration.ofMinutes(15).minusSeconds(1));
    got(chat, 0);
    pass(Duration.ofSeconds(1));
    assertThat(got(chat, 1).getFirst().message().name()).isEqualTo("2 incidents: 2 manual");
    got(pager, 0);
  }

  @Test
  void theSeverityOfWhatAPersonOpensCountsAndNotThatOfItsSubjects() {
    use(
        new RoutedChannel(chat, severe(Severity.WARNING)),
        new RoutedChannel(pager, severe(Severity.CRITICAL)));
    openByHand("minor", ",\"subjects\":\"service:a\",\"severity\":\"warning\",\"told\":true");
    notifier.round();
    assertThat(got(chat, 1).getFirst().message().name()).isEqualTo("minor");
    got(pager, 0);
  }

  private static AlertRoute severe(Severity severity) {
    return new AlertRoute(
        List.of(),
        List.of(),
        List.of(),
        Set.of(severity),
        Set.of(),
        Optional.empty(),
        Duration.ZERO,
        Optional.empty(),
        true,
        false);
  }

  private static AlertKeys tagged(String tag) {
    return AlertKeys.stored(Json.stored("{\"tags\":[\"" + tag + "\"]}"));
  }

  private static AlertRoute routed(List<String> tags, Set<String> kinds) {
    return new AlertRoute(
        tags,
        List.of(),
        List.of(),
        Set.of(),
        kinds,
        Optional.empty(),
        Duration.ZERO,
        Optional.empty(),
        true,
        false);
  }

  @Test
  void whatIsWrongWithAnIncidentByHandIsToldLineByLine() {
    for (String wrong :
        List.of(
            "\"title\":\"\"",
            "\"title\":\"two\\nlines\"",
            "\"title\":\"" + "x".repeat(256) + "\"",
            "\"title\":\"x\",\"subjects\":[\"shop\"]",
            "\"title\":\"x\",\"subjects\":[\"node:a\"]",
            "\"title\":\"x\",\"severity\":\"bad\"",
            "\"title\":\"x\",\"told\":\"yes\"",
            "\"title\":\"x\",\"told\":{}",
            "\"title\":\"x\",\"subjects\":{}",
            "\"title\":\"x\",\"cause\":\"y\"",
            "\"title\":7")) {
      assertRefused(
          400,
          () ->
              incidents
                  .changes()
                  .open(
                      Scope.operator(), Json.stored("{" + wrong + "}"), new Caller.Operator(true)));
    }
    openByHand("x", ",\"subjects\":[]");
    for (int i = 0; i < 20; i++) {
      incidents
          .changes()
          .open(Scope.of(7), Json.stored("{\"title\":\"x\"}"), new Caller.Operator(true));
    }
    assertRefused(
        409,
        () ->
            incidents
                .changes()
                .open(Scope.of(7), Json.stored("{\"title\":\"x\"}"), new Caller.Operator(true)));
    assertThat(openIncidents()).containsExactly("x");
  }

  /// With 20 open at a time, one account could fill the database by opening and ending them.
  @Test
  void anAccountOpensFiftyADay() {
    for (int i = 0; i < 50; i++) {
      endByHand(openOf(7));
    }
    assertRefused(429, () -> openOf(7));
    openOf(8);
    clock.pass(Duration.ofDays(1).plusSeconds(1));
    openOf(7);
    assertThat(openIncidents()).isEmpty();
  }

  private long openOf(long owner) {
    return incidents
        .changes()
        .open(Scope.of(owner), Json.stored("{\"title\":\"x\"}"), new Caller.Operator(true));
  }

  @Test
  void ofManySubjectsAHundredTagsAreKept() {
    List<String> subjects = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      int first = i * 20;
      List<String> tags = IntStream.range(first, first + 20).mapToObj(n -> "t" + n).toList();
      keys.put(
          "s" + i,
          AlertKeys.stored(Json.stored("{\"tags\":[\"" + String.join("\",\"", tags) + "\"]}")));
      subjects.add("\"service:s" + i + "\"");
    }
    long id = openByHand("many", ",\"subjects\":[" + String.join(",", subjects) + "]");
    Incident many = incidents.store().find(Scope.operator(), id).orElseThrow();
    assertThat(many.keys().tags()).hasSize(100).startsWith("t0").endsWith("t99");
    assertThat(incidents.store().about(List.of(many)).get(id)).hasSize(11);
  }
}
