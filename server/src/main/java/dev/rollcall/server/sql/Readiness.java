package dev.rollcall.server.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// Who may read or write at present, and why it would wait.
///
/// A read is refused at once while no server is within reach, or the server is silent: it would
/// wait for seconds, and keep its place from others. The same while the server refuses the login. A
/// write waits for a server, as it may be the only one who tells of what happened, and is refused
/// only while commits wait for a standby. What notices that the server is back is a small write in
/// the background, and no call of a user.
final class Readiness {
  private static final String SILENT = ": does not answer";

  private final DatabaseLocation location;
  private final Availability availability;
  private final Connections readers;
  private final Connections writers;

  Readiness(
      DatabaseLocation location,
      Availability availability,
      Connections readers,
      Connections writers) {
    this.location = location;
    this.availability = availability;
    this.readers = readers;
    this.writers = writers;
  }

  /// Before a read.
  ///
  /// @throws StorageException at once, if the database is not open, out of reach or silent, or
  ///   refuses the login and there is no connection left
  void requireReads() {
    availability.checkOpen();
    requireReachable();
    if (readers.isSilent() || writers.isSilent()) {
      refuse(location + SILENT);
    }
    Optional<SQLException> refusal = readers.refusal();
    if (refusal.isPresent()) {
      throw new StorageException(
          location + ": " + Dialect.words(refusal.get()),
          StorageException.Outcome.REPAIR,
          refusal.get());
    }
  }

  /// Whether [#requireReads] lets through.
  boolean takesReads() {
    try {
      requireReads();
      return true;
    } catch (StorageException refused) {
      return false;
    }
  }

  /// Before a write.
  ///
  /// @throws StorageException at once, if the database is not open, or commits wait for a standby
  void requireWrites() {
    availability.checkOpen();
    waitingCommits().ifPresent(Readiness::refuse);
  }

  /// As [Database#requireAvailable].
  void requireAvailable() {
    trouble().ifPresent(Readiness::refuse);
  }

  /// As [Database#requireReachable].
  void requireReachable() {
    availability.unreached().ifPresent(Readiness::refuse);
    if (readers.isUnserved() || writers.isUnserved()) {
      refuse(location + SILENT);
    }
  }

  private static void refuse(String reason) {
    throw new StorageException(reason, StorageException.Outcome.RETRY);
  }

  /// As [Database#trouble].
  Optional<String> trouble() {
    return waitingCommits().or(availability::trouble);
  }

  /// As [Database#waitingCommits].
  Optional<String> waitingCommits() {
    return writers.delay().map(why -> location + ": " + why);
  }

  /// A read got no connection. That no server could be reached is true for writes too. If it is
  /// known already, when it was last tried stays as it is.
  ///
  /// @param began when that began, on the monotonic clock
  void unread(StorageException failure, Duration began) {
    if (failure.unreached() && availability.unreached().isEmpty()) {
      availability.fails(failure, began);
    }
  }

  /// A write has failed.
  ///
  /// @param began when that began, on the monotonic clock
  /// @return the failure, with the reason that is known of the present
  StorageException unwritten(StorageException failure, Duration began) {
    availability.fails(failure, began);
    return waitingCommits()
        .map(why -> new StorageException(why, failure.outcome(), failure))
        .orElse(failure);
  }
}
