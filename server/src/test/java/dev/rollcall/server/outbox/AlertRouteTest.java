package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertRouteTest {
  private static final Optional<Subject> SUBJECT =
      Optional.of(new Subject(Subject.Type.SERVICE, 1, 0, "shop"));
  private static final AlertKeys SHOP =
      new AlertKeys(
          List.of("prod", "web"),
          Optional.of("Shop"),
          Severity.WARNING,
          Optional.empty(),
          List.of(),
          List.of());

  private static AlertRoute route(
      List<String> tags, List<String> groups, List<String> names, Set<Severity> severity) {
    return new AlertRoute(
        tags,
        groups,
        names,
        severity,
        Set.of("down"),
        Optional.empty(),
        Duration.ZERO,
        Optional.of(Duration.ofHours(5)),
        true,
        false);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', true",
    "'prod', '', '', true",
    "'test,prod', 'Shop', 'sh*', true",
    "'test', '', '', false",
    "'', 'shop', '', false",
    "'', '', 's*p', true",
    "'', '', '*o*', true",
    "'', '', 'sho', false",
    "'', '', 'SHOP', false",
    "'', '', '(shop|x)', false",
  })
  void everyKeyHasToFit(String tags, String groups, String names, boolean fits) {
    AlertRoute route = route(words(tags), words(groups), words(names), Set.of(Severity.WARNING));
    assertThat(route.fits("chat", SUBJECT, "down", SHOP)).isEqualTo(fits);
    assertThat(route.fits("chat", SUBJECT, "late", SHOP)).isFalse();
    assertThat(route.fits("chat", SUBJECT, "down", SHOP.severity(Severity.CRITICAL))).isFalse();
  }

  /// As a regular expression has it, in which every `*` is `.*`.
  @Test
  void starsInNamesStandForAnyCharacters() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String name = word(random, "ab\n", 8);
      String pattern = word(random, "ab*", 6);
      boolean like =
          Pattern.compile(pattern.replace("*", ".*"), Pattern.DOTALL).matcher(name).matches();
      assertThat(AlertRoute.isLike(name, pattern)).as("%s %s", name, pattern).isEqualTo(like);
    }
    assertThat(AlertRoute.isLike("(shop|x)", "(sh*p|x)")).isTrue();
  }

  /// An account may write such a pattern, and everybody's incidents wait for it.
  @Test
  void manyStarsTakeNoTime() {
    String many = "*a".repeat(60);
    assertThat(AlertRoute.isLike("a".repeat(255), many + "b")).isFalse();
    assertThat(AlertRoute.isLike("a".repeat(255), many + "*")).isTrue();
  }

  private static String word(Random random, String letters, int longest) {
    return random
        .ints(random.nextInt(longest + 1), 0, letters.length())
        .mapToObj(letters::substring)
        .map(rest -> rest.substring(0, 1))
        .collect(Collectors.joining());
  }

  private static List<String> words(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
  }

  @Test
  void aGroupIsChosenByItsOwnNameAndByTheGroupItLiesIn() {
    Optional<Subject> group = Optional.of(new Subject(Subject.Type.GROUP, 1, 0, "Payments"));
    for (String name : List.of("Payments", "Shop")) {
      AlertRoute route = route(List.of(), List.of(name), List.of(), Set.of());
      assertThat(route.fits("chat", group, "down", SHOP)).as(name).isTrue();
    }
    AlertRoute other = route(List.of(), List.of("shop"), List.of(), Set.of());
    assertThat(other.fits("chat", SUBJECT, "down", SHOP)).as("a service is no group").isFalse();
  }

  @Test
  void theSubjectsOwnChannelsWin() {
    AlertKeys own =
        new AlertKeys(
            List.of(),
            Optional.empty(),
            Severity.CRITICAL,
            Optional.empty(),
            List.of(),
            List.of("pager"));
    AlertRoute narrow = route(List.of("x"), List.of(), List.of(), Set.of());
    assertThat(narrow.fits("pager", SUBJECT, "down", own)).isTrue();
    assertThat(AlertRoute.EVERYTHING.fits("chat", SUBJECT, "down", own)).isFalse();
  }

  @Test
  void remindersDoubleUpToADay() {
    Instant now = Instant.parse("2026-11-27T12:00:00Z");
    AlertRoute route = route(List.of(), List.of(), List.of(), Set.of());
    assertThat(List.of(1, 2, 3, 4, 50))
        .extracting(times -> Duration.between(now, route.toldAgain(now, times).orElseThrow()))
        .extracting(Duration::toHours)
        .containsExactly(5L, 10L, 20L, 24L, 24L);
    assertThat(AlertRoute.EVERYTHING.toldAgain(now, 1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Mon-Fri 18:00-08:00, Sat-Sun | UTC           | 2026-11-27T12:00:00Z | 2026-11-27T18:00:00Z
          Mon-Fri 18:00-08:00, Sat-Sun | UTC           | 2026-11-27T18:00:30Z | 2026-11-27T18:00:30Z
          Mon-Fri 18:00-08:00, Sat-Sun | UTC           | 2026-11-30T07:59:59Z | 2026-11-30T18:00:00Z
          Mon-Fri 18:00-08:00, Sat-Sun | UTC           | 2026-11-28T12:00:00Z | 2026-11-28T12:00:00Z
          09:00-17:00                  | Europe/Berlin | 2026-11-27T07:30:10Z | 2026-11-27T08:00:00Z
          monday                       | UTC           | 2026-12-01T00:00:00Z | 2026-12-07T00:00:00Z
          Fri-Mon 10:00-11:00          | UTC           | 2026-12-01T00:00:00Z | 2026-12-04T10:00:00Z
          22:00-06:00                  | UTC           | 2026-12-01T05:59:00Z | 2026-12-01T05:59:00Z
          00:00-24:00                  | UTC           | 2026-12-01T05:59:00Z | 2026-12-01T05:59:00Z
          02:15-02:45                  | Europe/Berlin | 2027-03-27T12:00:00Z | 2027-03-29T00:15:00Z
          """)
  void hoursBeginWhereTheyAre(String hours, String zone, Instant at, Instant from) {
    assertThat(ChannelHours.of(hours, ZoneId.of(zone)).from(at)).isEqualTo(from);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "always", "Mon-Fri,", "25:00-26:00", "10:00-10:00", "9-17", "10:60-11:00"})
  void hoursThatAreNoneAreRefused(String hours) {
    assertThatThrownBy(() -> ChannelHours.of(hours, ZoneId.of("UTC")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
