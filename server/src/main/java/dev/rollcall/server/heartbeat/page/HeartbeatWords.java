package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Outcome;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Ran;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Rhythm;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Row;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The texts and bars for heartbeats.
final class HeartbeatWords {
  private static final double TALLEST = 18;
  private static final double SHORTEST = 4;

  private HeartbeatWords() {}

  /// `Late`.
  static String name(Texts texts, State state) {
    return switch (state) {
      case LATE -> texts.of("heartbeats.state.late");
      case FAILED -> texts.of("heartbeats.state.failed");
      case UP -> texts.of("heartbeats.state.up");
      case NEW -> texts.of("heartbeats.state.new");
      case PAUSED -> texts.of("heartbeats.state.paused");
    };
  }

  /// `late`, within a sentence.
  static String word(Texts texts, State state) {
    return switch (state) {
      case LATE -> texts.of("heartbeats.is.late");
      case FAILED -> texts.of("heartbeats.is.failed");
      case UP -> texts.of("heartbeats.is.up");
      case NEW -> texts.of("heartbeats.is.new");
      case PAUSED -> texts.of("heartbeats.is.paused");
    };
  }

  /// The CSS class of a state.
  static String tone(State state) {
    return switch (state) {
      case LATE, FAILED -> "down";
      case UP -> "up";
      case NEW, PAUSED -> "new";
    };
  }

  /// `every 1D`, `0 3 * * * (Europe/Berlin)`.
  static String rhythm(Texts texts, Rhythm rhythm) {
    return rhythm.frequency().isEmpty()
        ? rhythm.schedule() + " (" + zone(rhythm) + ")"
        : texts.of("heartbeats.every", rhythm.frequency());
  }

  /// `every 1D, with a grace of 5m`.
  static String expected(Texts texts, Rhythm rhythm) {
    String when = rhythm(texts, rhythm);
    return rhythm.grace().equals("0s") ? when : texts.of("heartbeat.grace", when, rhythm.grace());
  }

  /// `UTC` is stored as `Z`, which few people know.
  private static String zone(Rhythm rhythm) {
    return rhythm.zone().equals("Z") ? "UTC" : rhythm.zone();
  }

  /// The address of the page of a heartbeat.
  static String link(Whose whose, String name) {
    return "/heartbeat?name=" + PercentEncoding.encode(name) + whose.more();
  }

  /// The address of its stream of changes.
  static String live(Whose whose, String name) {
    return "/heartbeat/live?name=" + PercentEncoding.encode(name) + whose.more();
  }

  /// The ping of a job with these terms: `/ping?name=backup&frequency=1D`.
  static String path(String name, Rhythm rhythm) {
    String when =
        rhythm.frequency().isEmpty()
            ? "&schedule="
                + PercentEncoding.encode(rhythm.schedule())
                + "&tz="
                + PercentEncoding.encode(zone(rhythm))
            : "&frequency=" + rhythm.frequency();
    String grace = rhythm.grace().equals("0s") ? "" : "&grace=" + rhythm.grace();
    return "/ping?name=" + PercentEncoding.encode(name) + when + grace;
  }

  /// A crontab schedule for a job with these terms: it runs at least as often as pings are
  /// expected.
  static String crontab(Rhythm rhythm) {
    String frequency = rhythm.frequency();
    if (frequency.isEmpty()) {
      return rhythm.schedule();
    }
    long number = Long.parseLong(frequency.substring(0, frequency.length() - 1));
    return switch (frequency.charAt(frequency.length() - 1)) {
      case 'W' -> "0 3 * * 1";
      case 'D' -> number < 7 ? "0 3 * * *" : "0 3 * * 1";
      case 'h' -> number < 24 ? "0 " + every(number, 24) + " * * *" : "0 3 * * *";
      case 'm' ->
          number < 60 ? every(number, 60) + " * * * *" : "0 " + every(number / 60, 24) + " * * *";
      default -> number < 3_600 ? every(Math.max(1, number / 60), 60) + " * * * *" : "0 * * * *";
    };
  }

  /// The largest step up to `number` that divides a day or hour without remainder.
  private static String every(long number, int whole) {
    for (long step = Math.min(number, whole / 2); step > 1; step--) {
      if (whole % step == 0) {
        return "*/" + step;
      }
    }
    return "*";
  }

  /// In a crontab, an unescaped percent sign ends the command: crontab(5).
  static String forCrontab(String path) {
    return path.replace("%", "\\%");
  }

  /// In a unit, a single percent sign begins a specifier: systemd.unit(5).
  static String forSystemd(String path) {
    return path.replace("%", "%%");
  }

  /// `28 of the last 30 runs ok`.
  static String bar(Texts texts, List<Ran> runs) {
    if (runs.isEmpty()) {
      return texts.of("runs.bar.none");
    }
    long ok = runs.stream().filter(run -> run.outcome() == Outcome.OK).count();
    if (runs.size() == 1) {
      return ok == 1 ? texts.of("runs.bar.ok") : texts.of("runs.bar.failed");
    }
    return texts.of("runs.bar", ok, runs.size());
  }

  /// `2026-11-20 12:03:04 UTC: ok, took 4 min 12 s`.
  static String ran(Texts texts, Ran run) {
    return run.at().map(at -> Formats.exact(at) + ": ").orElse("")
        + outcome(texts, run)
        + run.took().map(took -> ", " + texts.of("run.took", took(took))).orElse("");
  }

  /// `failed, exit code 2`.
  private static String outcome(Texts texts, Ran run) {
    return switch (run.outcome()) {
      case RUNNING -> texts.of("run.is.running");
      case OK -> texts.of("run.is.ok");
      case FAILED ->
          run.exit().isPresent()
              ? texts.of("run.is.failed") + ", " + texts.of("run.exit", run.exit().getAsLong())
              : texts.of("run.is.failed");
    };
  }

  /// `Failed`.
  static String name(Texts texts, Outcome outcome) {
    return switch (outcome) {
      case RUNNING -> texts.of("run.running");
      case OK -> texts.of("run.ok");
      case FAILED -> texts.of("run.failed");
    };
  }

  /// The CSS class of the row of a run.
  static String rowTone(Ran run) {
    return switch (run.outcome()) {
      case RUNNING -> "new";
      case OK -> "up";
      case FAILED -> "down";
    };
  }

  /// The CSS class of a run in a bar.
  static String tone(Ran run) {
    return switch (run.outcome()) {
      case RUNNING -> "running";
      case OK -> "ok";
      case FAILED -> "failed";
    };
  }

  static String took(Duration took) {
    return took.toSeconds() < 1 ? Durations.millis(took) : Durations.words(took);
  }

  /// How long the latest run with a known duration took.
  static Optional<String> took(Row row) {
    return row.runs().reversed().stream()
        .flatMap(run -> run.took().stream())
        .findFirst()
        .map(HeartbeatWords::took);
  }

  /// The height of a run in a bar of height 20, in proportion to the longest run; all have the same
  /// height if no durations are known.
  static double height(Ran run, List<Ran> runs) {
    long longest =
        runs.stream()
            .flatMap(one -> one.took().stream())
            .mapToLong(Duration::toMillis)
            .max()
            .orElse(0);
    if (longest == 0 || run.took().isEmpty()) {
      return TALLEST * 2 / 3;
    }
    double share = run.took().get().toMillis() / (double) longest;
    return Math.round(10 * (SHORTEST + share * (TALLEST - SHORTEST))) / 10.0;
  }
}
