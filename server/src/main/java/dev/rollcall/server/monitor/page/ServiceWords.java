package dev.rollcall.server.monitor.page;

import dev.rollcall.server.monitor.overview.Overview.Observed;
import dev.rollcall.server.monitor.overview.Overview.Share;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.overview.ResponseChart;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/// The words for services.
final class ServiceWords {
  private ServiceWords() {}

  /// The word for a state in addresses and CSS classes.
  static String code(Standing standing) {
    return standing.name().toLowerCase(Locale.ROOT);
  }

  /// `Down`.
  static String name(Texts texts, Standing standing) {
    return switch (standing) {
      case DOWN -> texts.of("services.state.down");
      case SLOW -> texts.of("services.state.slow");
      case UP -> texts.of("services.state.up");
      case UNKNOWN -> texts.of("services.state.unknown");
      case NEW -> texts.of("services.state.new");
    };
  }

  /// `down`, within a sentence.
  static String word(Texts texts, Standing standing) {
    return switch (standing) {
      case DOWN -> texts.of("services.is.down");
      case SLOW -> texts.of("services.is.slow");
      case UP -> texts.of("services.is.up");
      case UNKNOWN -> texts.of("services.is.unknown");
      case NEW -> texts.of("services.is.new");
    };
  }

  static String percent(Share share) {
    return percent(share.percent());
  }

  static String percent(OptionalDouble percent) {
    return percent.isPresent() ? Formats.percent(percent.getAsDouble()) : "-";
  }

  /// The number of observations.
  static int count(List<Observed> latest) {
    return latest.stream().mapToInt(Observed::count).sum();
  }

  private static int count(List<Observed> latest, Standing standing) {
    return count(latest.stream().filter(one -> one.standing() == standing).toList());
  }

  /// `48 of the last 50 up, 1 unknown`.
  static String bar(Texts texts, List<Observed> latest) {
    if (latest.isEmpty()) {
      return texts.of("services.bar.none");
    }
    int up = count(latest, Standing.UP) + count(latest, Standing.SLOW);
    int unknown = count(latest, Standing.UNKNOWN);
    return unknown == 0
        ? texts.of("services.bar.known", up, count(latest))
        : texts.of("services.bar.unknown", up, count(latest), unknown);
  }

  /// `2026-11-20 12:03:04 UTC: down, connection refused`; for several observations, `2026-11-20
  /// 12:03:04 UTC to 2026-11-20 12:04:04 UTC: ...`.
  static String observed(Texts texts, Observed one) {
    String times =
        one.count() == 1
            ? Formats.exact(one.at())
            : texts.of("page.span", Formats.exact(one.at()), Formats.exact(one.last()));
    Standing shown = one.standing() == Standing.NEW ? Standing.UNKNOWN : one.standing();
    return times + ": " + word(texts, shown) + one.reason().map(reason -> ", " + reason).orElse("");
  }

  /// `12 up, 3 down, 1 unknown`, without what is zero.
  static String counts(Texts texts, PeriodSummary sum) {
    StringJoiner counts = new StringJoiner(", ");
    count(counts, sum.up(), word(texts, Standing.UP));
    count(counts, sum.down(), word(texts, Standing.DOWN));
    count(counts, sum.unknown(), word(texts, Standing.UNKNOWN));
    return counts.toString();
  }

  private static void count(StringJoiner counts, long many, String word) {
    if (many > 0) {
      counts.add(Formats.count(many) + " " + word);
    }
  }

  /// The CSS class for the state of a piece of a chart.
  static String code(ResponseChart chart, Optional<PeriodSummary> piece) {
    return chart.worst(piece).map(ServiceWords::code).orElse("gap");
  }

  /// The path of the page of a service.
  static String path(Whose whose, long id) {
    return whose.link("/services/" + id);
  }
}
