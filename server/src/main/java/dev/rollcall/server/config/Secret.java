package dev.rollcall.server.config;

/// A text that must not be shown: [#toString] returns `***`, also in messages, logs and records.
///
/// @param reveal the secret itself, for the place that needs it
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "***";
  }
}
