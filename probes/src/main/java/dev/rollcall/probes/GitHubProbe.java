package dev.rollcall.probes;

import dev.rollcall.probe.Probe;

/// Checks whether GitHub reports problems at <https://www.githubstatus.com>.
public final class GitHubProbe {
  /// GitHub's status page.
  static final String PAGE = "https://www.githubstatus.com";

  private GitHubProbe() {}

  /// A probe of GitHub's status page: see [StatuspageProbe].
  public static Probe of(String name) {
    return StatuspageProbe.of(name, PAGE);
  }
}
