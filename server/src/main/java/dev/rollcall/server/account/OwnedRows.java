package dev.rollcall.server.account;

/// Rows of another capability that belong to accounts.
@FunctionalInterface
public interface OwnedRows {
  /// Deletes all rows of an owner. It may be called again if it did not end.
  void deleteOf(long owner);
}
