package dev.rollcall.server.merge;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteException;

/// Nothing can be merged into the output file: for example it is not writable, the disk is full, or
/// it was not created by a merge. The message is one line with the file and the remedy.
public final class CannotMerge extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotMerge(String message) {
    super(message);
  }

  CannotMerge(String message, Throwable cause) {
    super(message, cause);
  }

  /// A message for an error of SQLite with the output file.
  static CannotMerge of(Path file, SQLException e) {
    int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0;
    return new CannotMerge(
        file
            + ": "
            + switch (code) {
              case 5, 6 ->
                  "is in use: wait until no other program uses it, and run the merge again";
              case 8 -> "cannot be written: make it and its folder writable";
              case 13 -> "the disk is full: free some space, and run the merge again";
              case 14 -> "cannot be opened: its folder must exist and be writable";
              default -> Merge.words(e);
            },
        e);
  }
}
