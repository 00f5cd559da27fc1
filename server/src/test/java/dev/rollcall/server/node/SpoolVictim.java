package dev.rollcall.server.node;

import dev.rollcall.server.sql.OtherProcess;
import dev.rollcall.server.time.Clock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// A program that notes batches and sends them until it is killed, and says on its output what it
/// has noted, and what it sends before it is removed: `noted TEXT.` and `sent ID TEXT.`
final class SpoolVictim {
  static final long ROOM = 100_000_000;

  private SpoolVictim() {}

  public static void main(String[] arguments) {
    Spool spool = Spool.open(Path.of(arguments[0]), ROOM, Clock.system());
    Thread.startVirtualThread(() -> note(spool, arguments[1]));
    Thread.startVirtualThread(() -> send(spool));
    OtherProcess.awaitEndOfTest();
  }

  private static void note(Spool spool, String run) {
    for (int i = 0; ; i++) {
      String text = run + "-" + i;
      spool.note(text.getBytes(StandardCharsets.US_ASCII), 1);
      say("noted " + text);
    }
  }

  private static void send(Spool spool) {
    while (true) {
      Optional<SpooledBatch> next = spool.oldest();
      next.ifPresent(
          batch -> {
            say("sent " + batch.id() + " " + new String(batch.body(), StandardCharsets.US_ASCII));
            spool.delivered(batch);
          });
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line + ".");
    System.out.flush();
  }
}
