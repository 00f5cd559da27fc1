package dev.rollcall.probe;

import java.util.List;

/// The prober has no probe with the given name.
public final class UnknownProbeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnknownProbeException(String name, List<String> known) {
    super(
        "probe not found: \"%s\"; there %s"
            .formatted(name, known.isEmpty() ? "is none" : "are " + String.join(", ", known)));
  }
}
