package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.incident.IncidentStore.Filter;
import dev.rollcall.server.incident.IncidentStore.SubjectFilter;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.TestDatabases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Each filter of the list of incidents, with each other, finds what it should.
@ParameterizedClass
@EnumSource
class IncidentSearchTest extends IncidentTests {
  private static final int LIMIT = 7;
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> TAGS = List.of("prod", "web");

  IncidentSearchTest(TestDatabases engine) {
    super(engine);
  }

  private static AlertKeys tagged(List<String> tags) {
    return new AlertKeys(
        tags, Optional.empty(), Severity.CRITICAL, Optional.empty(), List.of(), List.of());
  }

  private void someHappened() {
    Random random = new Random(48);
    for (int i = 0; i < 80; i++) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      keys.put(name, tagged(TAGS.subList(0, random.nextInt(TAGS.size() + 1))));
      long owner = random.nextInt(3) == 0 ? 7 : 0;
      switch (random.nextInt(6)) {
        case 0 -> openByHand("by hand", ",\"subjects\":[\"service:" + name + "\"]");
        case 1 -> openByHand("by hand", "");
        default -> {
          signal(name, owner, "up", "down");
          if (random.nextInt(3) > 0) {
            signal(name, owner, "down", "up");
          }
        }
      }
    }
  }

  @Test
  void eachFilterFindsWhatItShould() {
    someHappened();
    List<Incident> all =
        incidents
            .store()
            .newest(
                Scope.everything(),
                new Filter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Long.MAX_VALUE),
                1_000);
    assertThat(all).hasSizeGreaterThan(40);
    Map<Long, List<Subject>> about = incidents.store().about(all);
    int found = 0;
    for (Scope scope : List.of(Scope.everything(), Scope.operator(), Scope.of(7), Scope.of(8))) {
      for (Filter filter : filters(all.get(all.size() / 2).id())) {
        List<Long> expected =
            all.stream()
                .filter(one -> scope.includes(one.owner()) && fits(one, filter, about))
                .map(Incident::id)
                .limit(LIMIT)
                .toList();
        assertThat(incidents.store().newest(scope, filter, LIMIT))
            .as("%s of %s", filter, scope)
            .extracting(Incident::id)
            .isEqualTo(expected);
        found += expected.size();
      }
    }
    assertThat(found).isGreaterThan(100);
  }

  private static List<Filter> filters(long middle) {
    List<Filter> filters = new ArrayList<>();
    for (Optional<Boolean> open :
        List.of(Optional.<Boolean>empty(), Optional.of(true), Optional.of(false))) {
      for (Optional<IncidentKind> kind :
          List.of(Optional.<IncidentKind>empty(), Optional.of(IncidentKind.MANUAL))) {
        for (Optional<String> name : List.of(Optional.<String>empty(), Optional.of("a"))) {
          for (Optional<String> tag : List.of(Optional.<String>empty(), Optional.of("web"))) {
            for (long before : List.of(Long.MAX_VALUE, middle)) {
              filters.add(
                  new Filter(
                      open,
                      kind,
                      name.map(one -> new SubjectFilter(Subject.Type.SERVICE, one)),
                      tag,
                      before));
            }
          }
        }
      }
    }
    return filters;
  }

  private static boolean fits(Incident one, Filter filter, Map<Long, List<Subject>> about) {
    List<Subject> subjects =
        one.subject().map(List::of).orElseGet(() -> about.getOrDefault(one.id(), List.of()));
    return one.id() < filter.before()
        && filter.open().map(open -> open == one.isOpen()).orElse(true)
        && filter.kind().map(kind -> kind == one.kind()).orElse(true)
        && filter.tag().map(tag -> one.keys().tags().contains(tag)).orElse(true)
        && filter
            .subject()
            .map(
                wanted ->
                    subjects.stream()
                        .anyMatch(
                            subject ->
                                subject.type() == wanted.type()
                                    && subject.name().equals(wanted.name())))
            .orElse(true);
  }
}
