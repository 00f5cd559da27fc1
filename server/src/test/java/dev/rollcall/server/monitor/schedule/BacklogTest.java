package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private final List<Long> gone = new ArrayList<>();
  private final Backlog<Outcome> backlog =
      new Backlog<>(5, _ -> 1, Outcome::serviceId, outcome -> gone.add(outcome.serviceId()));

  private void add(long... services) {
    LongStream.of(services).forEach(service -> backlog.add(outcome(service)));
  }

  private static Outcome outcome(long service) {
    return MonitorDatabase.outcome(
        service, 1, MonitorDatabase.up(Instant.EPOCH, 1), Optional.empty());
  }

  private List<Long> take(int count) {
    return backlog.take(count).stream().map(Outcome::serviceId).toList();
  }

  @Test
  void givesOutWhatWaitsInItsOrder() {
    add(1, 2, 3);
    assertThat(take(2)).containsExactly(1L, 2L);
    assertThat(backlog.size()).isEqualTo(1);
    assertThat(take(2)).containsExactly(3L);
    assertThat(take(2)).isEmpty();
    assertThat(backlog.lost()).isZero();
  }

  /// Whoever reads the database in between would take the first half of a subject for its end.
  @Test
  void givesOutAllOfASubjectAtOnce() {
    add(1, 2, 3, 1, 2);
    assertThat(take(3)).containsExactly(1L, 1L);
    assertThat(backlog.size()).isEqualTo(3);
    add(2);
    assertThat(take(4)).containsExactly(2L, 3L, 2L, 2L);
    add(1, 2, 1, 2, 1);
    assertThat(take(1)).containsExactly(1L, 1L, 1L);
    assertThat(take(1)).containsExactly(2L, 2L);
  }

  @Test
  void givesOutTenTimesAsMuchOfOneSubjectAtMost() {
    Backlog<Integer> busy = new Backlog<>(100, _ -> 1, _ -> 1, _ -> {});
    IntStream.range(0, 25).forEach(busy::add);
    assertThat(busy.take(2)).hasSize(20).startsWith(0, 1).endsWith(19);
    assertThat(busy.take(2)).containsExactly(20, 21, 22, 23, 24);
  }

  @Test
  void losesTheOldestWhenItIsFullAndCountsThem() {
    add(1, 2, 3, 4, 5, 6, 7);
    assertThat(backlog.size()).isEqualTo(5);
    assertThat(backlog.lost()).isEqualTo(2);
    assertThat(gone).containsExactly(1L, 2L);
    assertThat(take(9)).containsExactly(3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void putsBackBeforeWhatCameMeanwhile() {
    add(1, 2, 3);
    List<Outcome> taken = backlog.take(2);
    add(4);
    backlog.putBack(taken);
    assertThat(take(9)).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void keepsTheYoungestWhenThereIsNoRoomToPutBack() {
    add(1, 2, 3);
    List<Outcome> taken = backlog.take(3);
    add(4, 5, 6, 7);
    backlog.putBack(taken);
    assertThat(take(9)).containsExactly(3L, 4L, 5L, 6L, 7L);
    assertThat(backlog.lost()).isEqualTo(2);
  }

  /// A report of many services takes the room of as many outcomes.
  @Test
  void countsWhatEachWeighs() {
    List<Integer> lost = new ArrayList<>();
    Backlog<Integer> weighing = new Backlog<>(10, weight -> weight, weight -> weight, lost::add);
    assertThat(weighing.add(4)).isTrue();
    assertThat(weighing.add(5)).isFalse();
    assertThat(weighing.size()).isEqualTo(9);
    weighing.add(3);
    assertThat(lost).containsExactly(4);
    assertThat(weighing.size()).isEqualTo(8);
    assertThat(weighing.take(7)).containsExactly(5);
    weighing.putBack(List.of(5));
    assertThat(weighing.take(1)).containsExactly(5);
    weighing.add(20);
    assertThat(weighing.take(1)).containsExactly(20);
    assertThat(weighing.size()).isZero();
    assertThat(weighing.lost()).isEqualTo(7);
  }
}
