package dev.rollcall.server.signal;

import org.jdbi.v3.core.Handle;

/// Reads the keys of subjects where they are stored.
@FunctionalInterface
public interface AlertKeysReader {
  /// The keys of a subject; none if it is gone.
  AlertKeys read(Handle tx, Subject subject);
}
