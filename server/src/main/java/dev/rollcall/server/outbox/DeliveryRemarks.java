package dev.rollcall.server.outbox;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Gets what channels remark about what they have sent ([Channel.Result.Sent#remark]).
public interface DeliveryRemarks {
  /// Keeps a remark, in the transaction that keeps that the delivery has arrived.
  ///
  /// @param incidents what the delivery is about; some may be gone
  void add(Handle tx, Instant at, String channel, List<Long> incidents, String text);
}
