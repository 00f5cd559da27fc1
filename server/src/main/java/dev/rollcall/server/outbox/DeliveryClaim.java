package dev.rollcall.server.outbox;

/// Whether a delivery is still this process's to send. A process that stands still, or is too slow,
/// loses it to another one, which may have sent newer notifications since.
///
/// To be asked right before what the receiver acts on leaves: after the name is looked up, and the
/// connection and its encryption stand.
@FunctionalInterface
public interface DeliveryClaim {
  /// Nobody else sends it.
  DeliveryClaim ALWAYS = () -> true;

  /// Whether it is. Asks nobody, and does not wait.
  boolean isHeld();
}
