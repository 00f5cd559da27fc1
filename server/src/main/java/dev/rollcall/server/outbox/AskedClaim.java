package dev.rollcall.server.outbox;

import dev.rollcall.server.outbox.Channel.Result;

/// The claim of a delivery that may be asked several times in one attempt: for each mail, and
/// before each redirect. It knows whether something was sent before it was lost.
public final class AskedClaim implements DeliveryClaim {
  private final DeliveryClaim claim;
  private volatile boolean begun;

  /// @param claim that is asked
  public AskedClaim(DeliveryClaim claim) {
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

  /// Whether something was about to be sent, and so may have arrived.
  boolean hasBegun() {
    return begun;
  }

  /// The result of an attempt that ended as the claim was lost.
  public Result withheld() {
    return new Result.Withheld(begun);
  }
}
