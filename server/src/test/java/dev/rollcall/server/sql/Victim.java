package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A program that writes until it is killed, and says on its output what it was told is written: a
/// number and a full stop a line.
final class Victim {
  static final int TWIN = 1_000_000;
  static final int CALLERS = 32;

  private Victim() {}

  public static void main(String[] arguments) {
    DatabaseConfig config =
        DatabaseConfig.of(DatabaseLocation.parse(arguments[0], Path.of("")), Things.MIGRATION);
    Database database = Database.open(config, Clock.system());
    GroupCommit commits = new GroupCommit(database);
    for (int i = 0; i < CALLERS; i++) {
      int caller = i;
      Thread.startVirtualThread(
          () -> {
            switch (arguments[1]) {
              case "write" -> write(commits, Things.ADD, caller);
              case "write-unsynced" -> write(commits, Things.ADD_UNSYNCED, caller);
              case "claim" -> claim(new Jobs(database, commits, Clock.system()));
              default -> throw new IllegalArgumentException(arguments[1]);
            }
          });
    }
    OtherProcess.awaitEndOfTest();
  }

  /// Two rows a call, of which there must never be one without the other.
  private static void write(GroupCommit commits, Batch<Things, Things> kind, int caller) {
    for (int id = caller; ; id += CALLERS) {
      commits.writeAll(kind, List.of(new Things(id, 1), new Things(id + TWIN, 1)));
      say(id);
    }
  }

  private static void claim(Jobs jobs) {
    while (true) {
      for (Lease<Duration> lease : jobs.due.claim(Clock.system().wall(), 5)) {
        if (jobs.finish(lease, Clock.system().wall())) {
          say(lease.key());
        }
      }
    }
  }

  private static synchronized void say(long id) {
    System.out.println(id + ".");
    System.out.flush();
  }
}
