package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.store.OutcomeBytes;
import dev.rollcall.server.redis.Redis;
import java.util.List;
import java.util.function.Consumer;

/// Passes outcomes that were committed to the pages of this process, and of all others: so a page
/// shows within moments what another process has checked.
public final class SharedOutcomes implements Consumer<List<Outcome>> {
  private static final String TOPIC = "outcomes";

  private final Overview overview;
  private final Redis redis;

  public SharedOutcomes(Overview overview, Redis redis) {
    this.overview = overview;
    this.redis = redis;
    redis.on(TOPIC, bytes -> overview.committed(OutcomeBytes.read(bytes)));
  }

  @Override
  public void accept(List<Outcome> outcomes) {
    overview.committed(outcomes);
    if (!outcomes.isEmpty()) {
      redis.tell(TOPIC, OutcomeBytes.of(outcomes));
    }
  }
}
