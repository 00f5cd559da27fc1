package dev.rollcall.server.network;

import static dev.rollcall.server.network.Routes.at;
import static dev.rollcall.server.network.Routes.hop;
import static dev.rollcall.server.network.Routes.lost;
import static dev.rollcall.server.network.Routes.well;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What follows from how the watched subjects stand.
class BreakChangesTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Instant BEFORE = NOW.minus(Duration.ofMinutes(10));
  private static final Instant JUST = NOW.minus(Duration.ofSeconds(2));

  private static final WatchedSubject A = at(JUST, lost("a", "1 2 3 10", "1 2"));
  private static final WatchedSubject B = at(JUST, lost("b", "1 2 3 11", "1 2"));
  private static final WatchedSubject C = at(JUST, lost("c", "1 2 3 12", "1 2"));
  private static final WatchedSubject ELSEWHERE = at(BEFORE, well("w", "1 13"));

  private static BreakChanges of(
      List<WatchedSubject> lost, List<WatchedSubject> well, InetAddress... open) {
    return BreakChanges.of(lost, well, Set.of(open), NOW);
  }

  private static WatchedSubject unconfirmed(WatchedSubject one) {
    return new WatchedSubject(
        one.subject(),
        one.route(),
        one.since(),
        one.observed(),
        false,
        one.behind(),
        one.decided());
  }

  @Test
  void nothingIsWrong() {
    assertThat(of(List.of(), List.of(ELSEWHERE)).isNew()).isFalse();
  }

  @Test
  void aBreakBeginsOnceOneThatIsLostBehindItIsConfirmed() {
    BreakChanges before = of(List.of(unconfirmed(A), unconfirmed(B)), List.of(ELSEWHERE));
    assertThat(before.isNew()).isFalse();
    BreakChanges changes = of(List.of(A, unconfirmed(B)), List.of(ELSEWHERE));
    assertThat(changes.begun()).extracting(NetworkBreak::hop).containsExactly(hop(3));
    assertThat(changes.placed()).containsExactly(A.placed(hop(3)), unconfirmed(B).placed(hop(3)));
    assertThat(changes.waits()).isFalse();
  }

  @Test
  void whatSharesTheSuspectsIsObservedFirst() {
    WatchedSubject shares = at(BEFORE, well("s", "1 2 3 20"));
    BreakChanges changes = of(List.of(A), List.of(ELSEWHERE, shares));
    assertThat(changes.observe()).containsExactly(shares.subject());
    assertThat(changes.waits()).isTrue();
    assertThat(changes.placed()).isEmpty();
    WatchedSubject observed = at(NOW, well("s", "1 2 3 20"));
    BreakChanges after = of(List.of(A), List.of(ELSEWHERE, observed));
    assertThat(after.observe()).isEmpty();
    assertThat(after.waits()).isFalse();
    assertThat(after.placed()).containsExactly(A.byItself());
  }

  /// Hop 3 is broken. What is behind hop 4 was not observed since, so that hop 3 seems to be well.
  @Test
  void whatIsWellAsOfBeforeProvesNothing() {
    WatchedSubject d = at(JUST, lost("d", "1 2 3 6 14", "1 2"));
    WatchedSubject e = at(JUST, lost("e", "1 2 3 6 15", "1 2"));
    WatchedSubject old = at(BEFORE, well("s", "1 2 3 4 20"));
    BreakChanges changes = of(List.of(d, e), List.of(ELSEWHERE, old));
    assertThat(changes.begun()).isEmpty();
    assertThat(changes.observe()).containsExactly(old.subject());
    assertThat(changes.waits()).isTrue();
    assertThat(of(List.of(d), List.of(ELSEWHERE, old)))
        .satisfies(
            one -> {
              assertThat(one.observe()).containsExactly(old.subject());
              assertThat(one.placed()).isEmpty();
            });
    WatchedSubject lost = at(NOW, lost("s", "1 2 3 4 20", "1 2"));
    assertThat(of(List.of(d, e, lost), List.of(ELSEWHERE)).begun())
        .extracting(NetworkBreak::hop)
        .containsExactly(hop(3));
    WatchedSubject passes = at(NOW, well("s", "1 2 3 4 20"));
    BreakChanges after = of(List.of(d, e), List.of(ELSEWHERE, passes));
    assertThat(after.begun()).extracting(NetworkBreak::hop).containsExactly(hop(6));
    assertThat(after.waits()).isFalse();
  }

  /// It was traced while hop 3 was well.
  @Test
  void whatWasLostLongAgoProvesNothing() {
    WatchedSubject d = at(JUST, lost("d", "1 2 3 6 14", "1 2"));
    WatchedSubject e = at(JUST, lost("e", "1 2 3 6 15", "1 2"));
    WatchedSubject dead = at(BEFORE, lost("x", "1 2 3 4 20", "1 2 3 4")).byItself();
    assertThat(of(List.of(d, e, dead), List.of(ELSEWHERE)).begun()).isEmpty();
  }

  @Test
  void itDoesNotWaitForEver() {
    WatchedSubject shares = at(BEFORE, well("s", "1 2 3 20"));
    WatchedSubject old = at(NOW.minus(BreakChanges.LONGEST), A.route());
    BreakChanges changes = of(List.of(old), List.of(shares));
    assertThat(changes.waits()).isFalse();
    assertThat(changes.observe()).isEmpty();
    assertThat(changes.placed()).containsExactly(old.byItself());
    assertThat(of(List.of(old.byItself()), List.of(shares)).isNew()).isFalse();
  }

  @Test
  void whatHasNoSuspectsIsLostByItselfAtOnce() {
    WatchedSubject answers = at(JUST, lost("a", "1 2 3 10", "1 2 3 10"));
    WatchedSubject unknown = at(JUST, lost("b", "", "1 2"));
    assertThat(of(List.of(answers, unknown), List.of(ELSEWHERE)).placed())
        .containsExactly(answers.byItself(), unknown.byItself());
  }

  @Test
  void aBreakStaysThoughATraceMissesAnAnswer() {
    WatchedSubject misses = at(JUST, lost("a", "1 2 3 10", "1")).placed(hop(3));
    WatchedSubject alsoMisses = at(JUST, lost("b", "1 2 3 11", "1")).placed(hop(3));
    assertThat(of(List.of(misses, alsoMisses), List.of(ELSEWHERE), hop(3)).isNew()).isFalse();
    assertThat(of(List.of(A.placed(hop(3))), List.of(ELSEWHERE), hop(3)).isNew()).isFalse();
  }

  @Test
  void whatIsLostLaterIsBehindItToo() {
    BreakChanges changes =
        of(List.of(A.placed(hop(3)), B.placed(hop(3)), C), List.of(ELSEWHERE), hop(3));
    assertThat(changes.begun()).isEmpty();
    assertThat(changes.ended()).isEmpty();
    assertThat(changes.placed()).containsExactly(C.placed(hop(3)));
  }

  @Test
  void aBreakEndsWhenNothingIsLostBehindIt() {
    assertThat(of(List.of(), List.of(ELSEWHERE), hop(3)).ended()).containsExactly(hop(3));
  }

  @Test
  void aBreakEndsWhenItsHopAnswers() {
    WatchedSubject answers = at(JUST, lost("a", "1 2 3 10", "1 2 3")).placed(hop(3));
    BreakChanges changes = of(List.of(answers, B.placed(hop(3))), List.of(ELSEWHERE), hop(3));
    assertThat(changes.ended()).containsExactly(hop(3));
    assertThat(changes.placed()).containsExactly(answers.byItself(), B.byItself());
  }

  /// The route of one that came back may be another one, and is traced anew.
  @Test
  void theRouteOfOneThatCameBackIsEvidenceAfterAWhile() {
    WatchedSubject back = at(JUST, well("b", "1 2 3 11"));
    WatchedSubject still =
        new WatchedSubject(
            A.subject(), A.route(), BEFORE, BEFORE, true, Optional.of(hop(3)), false);
    BreakChanges soon = of(List.of(still), List.of(ELSEWHERE, back), hop(3));
    assertThat(soon.ended()).isEmpty();
    assertThat(soon.observe()).containsExactly(still.subject());
    WatchedSubject passed = at(NOW.minus(BreakChanges.RETRACED), well("b", "1 2 3 11"));
    BreakChanges later = of(List.of(still), List.of(ELSEWHERE, passed), hop(3));
    assertThat(later.ended()).containsExactly(hop(3));
  }

  @Test
  void anotherBreakIsFoundBesideOneThatIsOpen() {
    WatchedSubject d = at(JUST, lost("d", "1 5 6 14", "1 5"));
    WatchedSubject e = at(JUST, lost("e", "1 5 6 15", "1 5"));
    BreakChanges changes =
        of(List.of(A.placed(hop(3)), B.placed(hop(3)), d, e), List.of(ELSEWHERE), hop(3));
    assertThat(changes.begun()).extracting(NetworkBreak::hop).containsExactly(hop(6));
    assertThat(changes.ended()).isEmpty();
  }

  @Test
  void saysWhy() {
    NetworkBreak certain =
        new NetworkBreak(
            hop(3),
            Optional.of(hop(2)),
            0,
            Set.of("shop", "mail", "wiki"),
            NetworkBreak.Sure.CERTAIN);
    assertThat(certain.words(Map.of(hop(2), "r2.example.net", hop(3), "r3.example.net")))
        .isEqualTo(
            "3 services are lost behind it: mail, shop, wiki; the way to it is well as far as"
                + " 10.0.0.2 (r2.example.net)");
    assertThat(
            new NetworkBreak(
                    hop(3), Optional.of(hop(2)), 2, Set.of("a", "b"), NetworkBreak.Sure.LIKELY)
                .words(Map.of()))
        .isEqualTo(
            "2 services are lost behind it: a, b; the way to it is well as far as 10.0.0.2; 2 hops"
                + " before it never answer, and may be broken instead; this is likely, not certain");
    assertThat(
            new NetworkBreak(
                    hop(3), Optional.empty(), 1, Set.of("a", "b"), NetworkBreak.Sure.LIKELY)
                .words(Map.of()))
        .isEqualTo(
            "2 services are lost behind it: a, b; it is not known whether the way to it is well; a"
                + " hop before it never answers, and may be broken instead; this is likely, not"
                + " certain");
  }
}
