package dev.rollcall.server.monitor.store;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Status;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.path.Path;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/// Outcomes of checks as bytes, for other processes: complete, so that whoever reads them writes
/// the same rows.
public final class OutcomeBytes {
  private static final byte VERSION = 1;

  private OutcomeBytes() {}

  private interface Writing<T> {
    void write(DataOutputStream out, T value) throws IOException;
  }

  private interface Reading<T> {
    T read(DataInputStream in) throws IOException;
  }

  /// Some outcomes.
  public static byte[] of(List<Outcome> outcomes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128 * outcomes.size() + 8);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      list(out, outcomes, OutcomeBytes::write);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// The outcomes in these bytes.
  ///
  /// @throws IllegalArgumentException if they are of another version
  public static List<Outcome> read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != VERSION) {
        throw new IllegalArgumentException("outcomes of another version");
      }
      return list(in, OutcomeBytes::outcome);
    } catch (IOException | DateTimeException e) {
      throw new IllegalArgumentException("no outcomes of Rollcall", e);
    }
  }

  private static void write(DataOutputStream out, Outcome outcome) throws IOException {
    out.writeLong(outcome.serviceId());
    out.writeLong(outcome.fence());
    write(out, outcome.observation());
    switch (outcome.transition()) {
      case Transition.Stays _ -> out.writeByte('s');
      case Transition.Begins(Event.Kind kind, Optional<String> cause) -> {
        out.writeByte('b');
        text(out, kind.word());
        optional(out, cause, OutcomeBytes::text);
      }
    }
    out.writeBoolean(outcome.inARow());
    out.writeBoolean(outcome.asksDependencies());
    optional(
        out,
        outcome.newCertificate(),
        (to, certificate) -> {
          optional(to, certificate.ends(), OutcomeBytes::instant);
          to.writeInt(certificate.warnings());
        });
    optional(
        out,
        outcome.newStreak(),
        (to, streak) -> {
          optional(to, streak.confirmed(), (it, state) -> it.writeInt(state.code()));
          to.writeInt(streak.against());
          to.writeInt(streak.downs());
          optional(to, streak.since(), OutcomeBytes::instant);
        });
    optional(out, outcome.repeat(), OutcomeBytes::instant);
  }

  private static Outcome outcome(DataInputStream in) throws IOException {
    long service = in.readLong();
    long fence = in.readLong();
    Observation observation = observation(in);
    Transition transition =
        switch (in.readByte()) {
          case 's' -> new Transition.Stays();
          case 'b' ->
              new Transition.Begins(
                  Event.Kind.CODEC.find(text(in)).orElseThrow(OutcomeBytes::unknown),
                  optional(in, OutcomeBytes::text));
          default -> throw unknown();
        };
    return new Outcome(
        service,
        fence,
        observation,
        transition,
        in.readBoolean(),
        in.readBoolean(),
        optional(
            in, from -> new Certificate(optional(from, OutcomeBytes::instant), from.readInt())),
        optional(
            in,
            from ->
                new Streak(
                    optional(from, it -> State.CODEC.ofCode(it.readInt())),
                    from.readInt(),
                    from.readInt(),
                    optional(from, OutcomeBytes::instant))),
        optional(in, OutcomeBytes::instant));
  }

  private static void write(DataOutputStream out, Observation observation) throws IOException {
    out.writeByte(
        switch (observation) {
          case Observation.Up _ -> 'u';
          case Observation.Slow _ -> 's';
          case Observation.Down _ -> 'd';
          case Observation.Unknown _ -> '?';
        });
    instant(out, observation.at());
    duration(out, observation.response());
    write(out, observation.measurements());
    switch (observation) {
      case Observation.Up _ -> {}
      case Observation.Slow slow -> duration(out, slow.limit());
      case Observation.Down down -> text(out, down.reason());
      case Observation.Unknown unknown -> text(out, unknown.reason());
    }
  }

  private static Observation observation(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    Instant at = instant(in);
    Duration response = duration(in);
    Measurements measurements = measurements(in);
    return switch (kind) {
      case 'u' -> new Observation.Up(at, response, measurements);
      case 's' -> new Observation.Slow(at, response, measurements, duration(in));
      case 'd' -> new Observation.Down(at, response, measurements, text(in));
      case '?' -> new Observation.Unknown(at, response, measurements, text(in));
      default -> throw unknown();
    };
  }

  private static void write(DataOutputStream out, Measurements measured) throws IOException {
    optional(out, measured.response(), OutcomeBytes::duration);
    optional(out, measured.phases().dns(), OutcomeBytes::duration);
    optional(out, measured.phases().connect(), OutcomeBytes::duration);
    optional(out, measured.phases().tls(), OutcomeBytes::duration);
    optional(out, measured.phases().firstByte(), OutcomeBytes::duration);
    optional(out, measured.phases().total(), OutcomeBytes::duration);
    out.writeInt(measured.status().orElse(-1));
    out.writeInt(measured.redirects());
    optional(out, measured.certificateEnds(), OutcomeBytes::instant);
    optional(
        out,
        measured.dependencies(),
        (to, dependencies) -> list(to, dependencies, OutcomeBytes::write));
    optional(
        out,
        measured.unexpected(),
        (to, answer) -> {
          to.writeInt(answer.status());
          map(to, answer.headers());
          text(to, answer.body());
        });
    optional(
        out,
        measured.roundTrips(),
        (to, trips) -> {
          byte[] bytes = trips.bytes();
          to.writeInt(bytes.length);
          to.write(bytes);
        });
    optional(
        out,
        measured.path(),
        (to, path) -> {
          to.writeBoolean(path.reached());
          list(to, path.hops(), (it, hops) -> list(it, List.copyOf(hops), OutcomeBytes::text));
        });
  }

  private static Measurements measurements(DataInputStream in) throws IOException {
    Optional<Duration> response = optional(in, OutcomeBytes::duration);
    Measurements.Phases phases =
        new Measurements.Phases(
            optional(in, OutcomeBytes::duration),
            optional(in, OutcomeBytes::duration),
            optional(in, OutcomeBytes::duration),
            optional(in, OutcomeBytes::duration),
            optional(in, OutcomeBytes::duration));
    int status = in.readInt();
    return new Measurements(
        response,
        phases,
        status < 0 ? OptionalInt.empty() : OptionalInt.of(status),
        in.readInt(),
        optional(in, OutcomeBytes::instant),
        optional(in, from -> list(from, OutcomeBytes::result)),
        optional(in, from -> new AnswerExcerpt(from.readInt(), map(from), text(from))),
        optional(in, from -> LatencyHistogram.ofBytes(from.readNBytes(from.readInt()))),
        optional(in, OutcomeBytes::path));
  }

  private static Path path(DataInputStream in) throws IOException {
    boolean reached = in.readBoolean();
    List<Set<String>> hops = list(in, from -> new TreeSet<>(list(from, OutcomeBytes::text)));
    return new Path(hops, reached);
  }

  private static void write(DataOutputStream out, ProbeResult result) throws IOException {
    text(out, result.name());
    text(out, result.status().name());
    optional(out, result.reason(), OutcomeBytes::text);
    duration(out, result.duration());
    map(out, result.details());
  }

  private static ProbeResult result(DataInputStream in) throws IOException {
    return new ProbeResult(
        text(in),
        Status.valueOf(text(in)),
        optional(in, OutcomeBytes::text),
        duration(in),
        map(in));
  }

  private static void instant(DataOutputStream out, Instant instant) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  private static Instant instant(DataInputStream in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  private static void duration(DataOutputStream out, Duration duration) throws IOException {
    out.writeLong(duration.toNanos());
  }

  private static Duration duration(DataInputStream in) throws IOException {
    return Duration.ofNanos(in.readLong());
  }

  /// Texts may be longer than `writeUTF` allows.
  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static void map(DataOutputStream out, Map<String, String> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> each : map.entrySet()) {
      text(out, each.getKey());
      text(out, each.getValue());
    }
  }

  private static Map<String, String> map(DataInputStream in) throws IOException {
    Map<String, String> map = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      map.put(text(in), text(in));
    }
    return map;
  }

  private static <T> void list(DataOutputStream out, List<? extends T> list, Writing<T> each)
      throws IOException {
    out.writeInt(list.size());
    for (T one : list) {
      each.write(out, one);
    }
  }

  private static <T> List<T> list(DataInputStream in, Reading<? extends T> each)
      throws IOException {
    List<T> list = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      list.add(each.read(in));
    }
    return list;
  }

  private static <T> void optional(DataOutputStream out, Optional<T> value, Writing<T> writing)
      throws IOException {
    out.writeBoolean(value.isPresent());
    if (value.isPresent()) {
      writing.write(out, value.get());
    }
  }

  private static <T> Optional<T> optional(DataInputStream in, Reading<T> reading)
      throws IOException {
    return in.readBoolean() ? Optional.of(reading.read(in)) : Optional.empty();
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException("an unknown value");
  }
}
