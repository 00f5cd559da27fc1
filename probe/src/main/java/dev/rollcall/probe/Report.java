package dev.rollcall.probe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The results of one run of all probes.
///
/// @param probes one result per probe, in the order in which the probes were added
public record Report(List<ProbeResult> probes) {
  /// Keeps a copy of the list.
  public Report {
    probes = List.copyOf(probes);
  }

  /// Whether every probe is healthy; true if there is none.
  public boolean healthy() {
    return status() != Status.DOWN;
  }

  /// The worst status of its probes; [Status#OK] if there is none.
  public Status status() {
    Status worst = Status.OK;
    for (ProbeResult probe : probes) {
      worst = probe.status().compareTo(worst) > 0 ? probe.status() : worst;
    }
    return worst;
  }

  /// Which probes are unhealthy, and why, in one line: `prober error: probe a: probe check failed:
  /// <why>, probe b: ...`. Empty if all are healthy.
  public Optional<String> error() {
    if (healthy()) {
      return Optional.empty();
    }
    return Optional.of(
        probes.stream()
            .flatMap(
                probe -> probe.error().map(why -> "probe " + probe.name() + ": " + why).stream())
            .collect(Collectors.joining(", ", "prober error: ", "")));
  }

  /// The report as JSON, in the form [Form#PHILAE].
  public String json() {
    return Form.PHILAE.json(this);
  }
}
