package dev.rollcall.server.app;

import dev.rollcall.server.collector.HopReceiver;
import dev.rollcall.server.target.Pool;
import java.util.List;

/// Passes the hops that the collector finds to the target pool of the same process.
record PoolHops(Pool pool) implements HopReceiver {
  @Override
  public Answer take(List<String> hops) {
    pool.hops(hops);
    return Answer.TAKEN;
  }

  @Override
  public String toString() {
    return "the target pool";
  }
}
