package dev.rollcall.server.network;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// The routes to subjects, of those who watch them. All subjects have the same owner.
public interface WatchedRoutes {
  /// The subjects that are lost and were traced since, by their ids.
  List<WatchedSubject> lost(Handle handle);

  /// The subjects that are well.
  List<WatchedSubject> well(Handle handle);

  /// Notes [WatchedSubject#behind] and [WatchedSubject#decided] of subjects that are lost.
  void place(Handle tx, List<WatchedSubject> lost);
}
