package dev.rollcall.probes;

import dev.rollcall.probe.Probe;

/// Checks whether GitLab reports an incident at <https://status.gitlab.com>.
public final class GitLabProbe {
  /// The id of GitLab's page at status.io.
  static final String PAGE = "5b36dc6502d06804c08349f7";

  private GitLabProbe() {}

  /// A probe of GitLab's status page: see [StatusIoProbe].
  public static Probe of(String name) {
    return StatusIoProbe.of(name, PAGE);
  }
}
