package dev.rollcall.server.incident;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.EnumCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is wrong.
public enum IncidentKind {
  /// A service or group is down.
  DOWN(1),
  /// A heartbeat did not come in time.
  LATE(2),
  /// A job reported a failure.
  FAILED(3),
  /// A service is up, and slower than it should be.
  SLOW(4),
  /// The certificate of a service ends soon.
  CERTIFICATE(5),
  /// A person opened it, and only a person ends it.
  MANUAL(9);

  static final EnumCodec<IncidentKind> CODEC = EnumCodec.of(IncidentKind.class, kind -> kind.code);

  private final int code;

  IncidentKind(int code) {
    this.code = code;
  }

  /// The incident that a subject has in the state that a signal found; empty if it has none.
  static Optional<IncidentKind> of(Signal signal) {
    return CODEC.find(signal.to());
  }

  /// The words, as a sentence lists them: `down, late or failed`.
  static String words() {
    List<String> words = Arrays.stream(values()).map(IncidentKind::word).toList();
    int last = words.size() - 1;
    return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  /// How much an incident of this kind matters.
  ///
  /// @param keys of its subject
  AlertKeys weighed(AlertKeys keys) {
    return switch (this) {
      case DOWN, LATE, FAILED, MANUAL -> keys;
      case SLOW, CERTIFICATE -> keys.severity(Severity.WARNING);
    };
  }

  /// Why it is over, if its subject was up all the time.
  Optional<String> remedy() {
    return switch (this) {
      case DOWN, LATE, FAILED, MANUAL -> Optional.empty();
      case SLOW -> Optional.of("it is no longer slow");
      case CERTIFICATE -> Optional.of("the certificate is a newer one");
    };
  }

  /// Whether the subject does not work.
  private boolean isOutage() {
    return switch (this) {
      case DOWN, LATE, FAILED -> true;
      case SLOW, CERTIFICATE, MANUAL -> false;
    };
  }

  /// The numbers of those whose subjects do not work, for a condition: `1, 2, 3`.
  static String outages() {
    return Arrays.stream(values())
        .filter(IncidentKind::isOutage)
        .map(kind -> String.valueOf(kind.code))
        .collect(Collectors.joining(", "));
  }

  /// Whether both cannot be open at once. A certificate has nothing to do with the state of its
  /// service.
  boolean excludes(IncidentKind other) {
    return (this == CERTIFICATE) == (other == CERTIFICATE);
  }

  /// The number in the database.
  int code() {
    return code;
  }

  /// The word in the API, such as `down`.
  public String word() {
    return CODEC.word(this);
  }
}
