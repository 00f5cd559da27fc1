package dev.rollcall.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.PreparedEvents;
import dev.rollcall.server.owner.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What open pages are sent.
class LiveViewChangesTest {
  /// Rows whose HTML is what they are called.
  private record Rows(String totals, String pages, List<Line> lines) implements LiveView {
    static Rows of(String... rows) {
      return new Rows(
          "totals", "pages", List.of(rows).stream().map(row -> new Line(key(row), row)).toList());
    }

    @Override
    public Site site() {
      return Sites.below("");
    }

    @Override
    public Whose whose() {
      return totals.equals("for the trusted")
          ? new Whose(Scope.operator(), Optional.empty(), true)
          : Whose.OPERATOR;
    }

    @Override
    public Instant at() {
      return Instant.EPOCH;
    }

    @Override
    public List<String> parts() {
      return List.of(totals, pages);
    }

    @Override
    public String list() {
      return lines.isEmpty() ? "nothing" : "everything";
    }

    @Override
    public String row(int place) {
      return String.valueOf(lines.get(place).content());
    }
  }

  private static String events(LiveView before, LiveView now) {
    PreparedEvents.Builder events = new PreparedEvents.Builder();
    LiveViewChanges.tell(LiveViewChanges.Shown.of(before), LiveViewChanges.Shown.of(now), events);
    return events.build().toString();
  }

  @Test
  void theNumberOfOpenIncidentsIsToldWhenItChanges() {
    Rows before = Rows.of("a up");
    assertThat(events(before, new Rows("for the trusted", "pages", before.lines())))
        .contains("event: part\ndata: <span id=\"open-incidents\"><b class=\"unknown\">12<");
  }

  @Test
  void onlyWhatChangedIsTold() {
    Rows before = Rows.of("a up", "b up", "c up");
    assertThat(events(before, Rows.of("a up", "b up", "c up"))).isEmpty();
    assertThat(events(before, Rows.of("a up", "b down", "c up")))
        .isEqualTo("event: rows\ndata: \ndata: 1 b down\n\n");
    assertThat(events(before, Rows.of("c down", "a up")))
        .isEqualTo("event: rows\ndata: b\ndata: 0 c down\n\n");
    assertThat(events(before, new Rows("2 down", "page 2", before.lines())))
        .isEqualTo("event: totals\ndata: 2 down\n\nevent: part\ndata: page 2\n\n");
    assertThat(events(before, Rows.of())).isEqualTo("event: list\ndata: nothing\n\n");
    assertThat(events(Rows.of(), before)).isEqualTo("event: list\ndata: everything\n\n");
    assertThat(events(Rows.of(), Rows.of())).isEmpty();
  }

  /// As the script does it: a page that follows is, after each change, as one that is loaded anew.
  @Test
  void aPageThatFollowsShowsTheSameAsOneThatIsLoaded() {
    Random random = new Random(7);
    Rows before = Rows.of("0 up");
    List<String> page = new ArrayList<>(List.of("0 up"));
    for (int i = 0; i < 2_000; i++) {
      Rows now = next(before, random);
      follow(page, events(before, now));
      assertThat(page).isEqualTo(now.lines().stream().map(LiveView.Line::content).toList());
      before = now;
    }
  }

  /// What a row is known by: its first word.
  private static String key(String row) {
    int space = row.indexOf(' ');
    return space < 0 ? row : row.substring(0, space);
  }

  private static Rows next(Rows before, Random random) {
    List<String> rows =
        before.lines().stream()
            .map(line -> String.valueOf(line.content()))
            .filter(_ -> random.nextInt(10) > 0)
            .map(row -> random.nextInt(5) == 0 ? key(row) + " " + random.nextInt(9) : row)
            .collect(Collectors.toCollection(ArrayList::new));
    IntStream.range(0, random.nextInt(4))
        .mapToObj(_ -> random.nextInt(1_000) + " new")
        .filter(row -> rows.stream().noneMatch(one -> one.startsWith(key(row) + " ")))
        .forEach(row -> rows.add(random.nextInt(rows.size() + 1), row));
    if (rows.isEmpty()) {
      rows.add("0 up");
    }
    if (random.nextInt(3) == 0) {
      Collections.swap(rows, random.nextInt(rows.size()), random.nextInt(rows.size()));
    }
    return Rows.of(rows.toArray(String[]::new));
  }

  private static void follow(List<String> page, String events) {
    for (String event : events.split("\n\n", -1)) {
      if (event.startsWith("event: rows\n")) {
        List<String> data = event.lines().skip(1).map(line -> line.substring(6)).toList();
        List<String> gone = List.of(data.getFirst().split(" ", -1));
        page.removeIf(row -> gone.contains(key(row)));
        List<String> fresh = data.subList(1, data.size());
        fresh.forEach(
            line ->
                page.removeIf(row -> key(row).equals(key(line.substring(line.indexOf(' ') + 1)))));
        fresh.forEach(
            line -> {
              int space = line.indexOf(' ');
              page.add(Integer.parseInt(line.substring(0, space)), line.substring(space + 1));
            });
      }
    }
  }
}
