package dev.rollcall.server.channel.type;

import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.DeliveryClaim;

/// The claim of a delivery that may be asked several times in one attempt: for each mail, and
/// before each redirect. It knows whether something was sent before it was lost.
final class AskedClaim implements DeliveryClaim {
  private final DeliveryClaim claim;
  private volatile boolean begun;

  AskedClaim(DeliveryClaim claim) {
    this.claim = claim;
  }

  @Override
  public boolean isHeld() {
    boolean held = claim.isHeld();
    if (held) {
      begun = true;
    }
    return held;
  }

  /// The result of an attempt that ended as the claim was lost.
  Result withheld() {
    return new Result.Withheld(begun);
  }
}
