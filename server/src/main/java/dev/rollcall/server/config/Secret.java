package dev.rollcall.server.config;

/// A text that must not be shown: its own text is `***`, in messages, logs and records alike.
///
/// @param reveal the secret itself, for the one place that needs it
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "***";
  }
}
