package dev.rollcall.lab.ha;

import java.time.Duration;

/// One thing that goes wrong, and how it is put right.
///
/// @param name for people
/// @param share how much of the usual time it lasts, in percent
/// @param fault makes it go wrong
/// @param repair puts it right
public record Scenario(String name, int share, Action fault, Action repair) {
  /// What is done to the machines.
  interface Action {
    void on(Site site);
  }

  Scenario(String name, Action fault, Action repair) {
    this(name, 100, fault, repair);
  }

  /// How long it lasts where others last so long.
  Duration of(Duration usual) {
    return usual.multipliedBy(share).dividedBy(100);
  }
}
