package dev.rollcall.server.monitor.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.path.PathState.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathStateTest {
  /// Hops with spaces between, `*` for a silent one, `a/b` for two addresses; `!` at the end if the
  /// host was reached.
  private static Path path(String text) {
    List<Set<String>> hops = new ArrayList<>();
    for (String hop : text.replace("!", "").strip().split(" ", -1)) {
      hops.add(
          hop.equals("*") || hop.isEmpty()
              ? Set.of()
              : Arrays.stream(hop.split("/", -1)).collect(Collectors.toSet()));
    }
    return new Path(hops, text.endsWith("!"));
  }

  @ParameterizedTest
  @CsvSource({
    // known, trace, first TTL that differs
    "a b c!, a b c!, 0",
    "a b c!, a x c!, 2",
    "a b c!, x b c!, 1",
    "a b/x c!, a x c!, 0", // one of two links
    "a b c!, a b/x c!, 0", // a second link
    "a b/y c!, a x/z c!, 2", // two other links
    "a b c!, a * c!, 0", // silent now
    "a * c!, a b c!, 0", // silent before
    "a b c!, a b, 0", // it breaks after b: the path is the same up to there
    "a b c!, a, 0",
    "a b c!, a x, 2",
    "a b c!, a b x c!, 3", // one more hop
    "a b c!, a c!, 2", // one less
    "a * c!, a c!, 2", // one less, where it was silent
    "a b c!, a b * c!, 4", // one more, which is silent
    "a b/c c!, a c!, 0", // links of different lengths
    "a b/c c!, a b c!, 0",
    "a b, a b c!, 0", // it was never reached before
    "a b a b a b, a b c!, 3", // a loop before
    "a b c!, a b a b a b, 3", // a loop now
  })
  void knowsWhetherATraceShowsAnotherPath(String known, String traced, int ttl) {
    assertThat(path(known).differsFrom(path(traced))).isEqualTo(ttl);
  }

  /// Steps: `begun`, `same`, `grown`, `again`, `changed`; after the last one, the known path.
  @ParameterizedTest
  @CsvSource({
    // known, traces, steps, path
    "'', a b c!, begun, a b c!",
    "'', *, same, ''", // nobody answers
    "a b c!, a b c!, same, a b c!",
    "a b c!, *, same, a b c!",
    "a b c!, a b, same, a b c!",
    "a b c!, a b/x c!, grown, a b/x c!",
    "a * c!, a b c!, grown, a b c!",
    "a b c!, a x c!; a x c!; a x c!, again again changed, a x c!",
    "a b c!, a x c!; a b c!, again grown, a b/x c!", // in turns: two links
    "a b c!, a x c!; a x c!; a b c!, again again grown, a b/x c!",
    "a b c!, a x c!; a y c!; a x c!, again again changed, a x/y c!", // to two other links
    "a b c!, a x c!; *, again same, a b c!",
    "a b c!, a b a b a b; a b a b a b; a b a b a b, again again changed, a b a b a b",
    "a b a b, a b c!; a b c!; a b c!, again again changed, a b c!",
  })
  void aChangeIsWhatThreeTracesInARowShow(
      String known, String traces, String steps, String becomes) {
    PathState state = PathState.of(known.isEmpty() ? Optional.empty() : Optional.of(path(known)));
    Optional<Path> present = state.known();
    List<String> words = new ArrayList<>();
    for (String trace : traces.split("; ", -1)) {
      switch (state.after(path(trace))) {
        case Step.Same _ -> words.add("same");
        case Step.Begun(Path path) -> {
          words.add("begun");
          present = Optional.of(path);
        }
        case Step.Grown(Path path) -> {
          words.add("grown");
          present = Optional.of(path);
        }
        case Step.Again(PathState next) -> {
          words.add("again");
          state = next;
        }
        case Step.Changed(Path path, int ttl) -> {
          words.add("changed");
          assertThat(ttl).isEqualTo(path(known).differsFrom(path(trace))).isPositive();
          present = Optional.of(path);
        }
      }
    }
    assertThat(words).containsExactly(steps.split(" ", -1));
    assertThat(present)
        .isEqualTo(becomes.isEmpty() ? Optional.empty() : Optional.of(path(becomes)));
  }

  @Test
  void aPathIsBounded() {
    List<Set<String>> hops = new ArrayList<>();
    Set<String> many = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      many.add("address " + i);
      hops.add(Set.copyOf(many));
    }
    Path path = new Path(hops, true);
    assertThat(path.hops()).hasSize(Path.MOST_HOPS);
    assertThat(path.hops()).allMatch(addresses -> addresses.size() <= Path.MOST_ADDRESSES);
    assertThat(path("a * *").hops()).hasSize(1);
    assertThat(path("a * b/c").words(2)).isEqualTo("*");
    assertThat(path("a * b/c").words(3)).isEqualTo("b or c");
  }
}
