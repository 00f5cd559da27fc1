package dev.rollcall.probe;

import java.util.Objects;

/// A probe checks whether one thing is healthy. It has a name and one check, which returns normally
/// or throws an exception.
///
/// A probe is cheap, changes nothing, and keeps no state between checks. Several threads may check
/// it at once. A name and a lambda are enough:
///
/// ```java
/// Probe disk = Probe.of("disk", attempt -> {
///   if (Files.getFileStore(data).getUsableSpace() < 1_000_000_000) {
///     throw new ProbeFailure("disk: less than 1 GB left on " + data);
///   }
/// });
/// ```
public interface Probe {
  /// The unique name of this probe in results.
  String name();

  /// Checks once. A normal return means healthy, any exception means unhealthy.
  ///
  /// The check blocks its thread, ends by the deadline of `attempt`, and leaves nothing behind,
  /// even if its thread is interrupted.
  ///
  /// @throws ProbeFailure with the reason, in one line for a person
  /// @throws Exception any other exception of the check
  void check(Attempt attempt) throws Exception;

  /// A probe with this name and check.
  static Probe of(String name, Check check) {
    Objects.requireNonNull(check, () -> "the check of probe " + name);
    return new Probe() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void check(Attempt attempt) throws Exception {
        check.run(attempt);
      }
    };
  }

  /// Only the check of a probe: see [Probe#check(Attempt)].
  @FunctionalInterface
  interface Check {
    /// Checks once.
    void run(Attempt attempt) throws Exception;
  }
}
