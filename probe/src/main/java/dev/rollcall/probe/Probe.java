package dev.rollcall.probe;

/// One thing that can be asked whether it is well: a name and one check that returns normally or
/// throws.
///
/// A probe is light, changes nothing, keeps no state between checks, and may be checked by several
/// threads at once. Writing one takes a name and a lambda:
///
/// ```java
/// Probe disk = Probe.of("disk", attempt -> {
///   if (Files.getFileStore(data).getUsableSpace() < 1_000_000_000) {
///     throw new ProbeFailure("disk: less than 1 GB left on " + data);
///   }
/// });
/// ```
public interface Probe {
  /// What this probe is called in results: one name for each thing asked.
  String name();

  /// Asks once. Returning normally means well; anything thrown means not.
  ///
  /// The check blocks its thread, ends by `attempt`'s deadline, and leaves nothing behind, also
  /// when its thread is interrupted.
  ///
  /// @throws ProbeFailure with the reason in words for a person
  /// @throws Exception whatever the check itself ran into
  void check(Attempt attempt) throws Exception;

  /// A probe from its two parts.
  static Probe of(String name, Check check) {
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

  /// The check of a probe, alone: see [Probe#check(Attempt)].
  @FunctionalInterface
  interface Check {
    /// Asks once.
    void run(Attempt attempt) throws Exception;
  }
}
