package dev.rollcall.server.outbox;

import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.OtherProcess;
import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A program that adds notifications and sends them until it is killed. It says on its output what
/// has been committed: subject, number and a full stop a line.
///
/// Arguments: the database, the URI to call, and the number to begin with; -1 to add none.
final class OutboxVictim {
  static final int SUBJECTS = 6;

  /// The most notifications of a subject in one life.
  static final int NUMBERS = 60;

  private OutboxVictim() {}

  public static void main(String[] arguments) {
    DatabaseLocation location = DatabaseLocation.parse(arguments[0], Path.of(""));
    int first = Integer.parseInt(arguments[2]);
    OutboxDatabase data =
        new OutboxDatabase(location, Clock.system(), new CallingChannel(URI.create(arguments[1])))
            .started();
    for (int i = 0; first >= 0 && i < SUBJECTS; i++) {
      String subject = "s" + i;
      AtomicInteger number = new AtomicInteger(first);
      Thread.startVirtualThread(
          () -> {
            while (number.get() < first + NUMBERS) {
              add(data, subject, number.getAndIncrement());
            }
          });
    }
    OtherProcess.awaitEndOfTest();
  }

  /// `GET uri?name=&last_ping=`, as a receiver of a test counts them.
  private record CallingChannel(URI uri, HttpClient client) implements Channel {
    CallingChannel(URI uri) {
      this(uri, HttpClient.newHttpClient());
    }

    @Override
    public String name() {
      return "alert-uri";
    }

    @Override
    public String receiver() {
      return uri.getAuthority();
    }

    @Override
    public boolean tells(Notification.Kind kind) {
      return true;
    }

    @Override
    public Result send(Delivery delivery) throws InterruptedException {
      String called =
          uri
              + "?name="
              + delivery.message().name()
              + "&last_ping="
              + delivery.message().lastHeard().getEpochSecond();
      try {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(called)).timeout(Channel.LONGEST).build();
        int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        return status < 400
            ? new Result.Sent()
            : new Result.Retry("status " + status, Optional.empty(), true);
      } catch (IOException e) {
        return new Result.Retry(e.toString(), Optional.empty(), true);
      }
    }
  }

  private static void add(OutboxDatabase data, String subject, int number) {
    data.add(
        new Notification(
            "alert-uri",
            subject,
            Notification.Kind.LATE,
            subject + ":" + number,
            new Message(
                subject,
                Instant.ofEpochSecond(number),
                Instant.ofEpochSecond(number),
                Optional.empty()),
            false));
    synchronized (System.out) {
      System.out.println(subject + " " + number + ".");
      System.out.flush();
    }
  }
}
