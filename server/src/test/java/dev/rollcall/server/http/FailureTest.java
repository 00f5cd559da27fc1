package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailureTest {
  private static final String LOGGER = Dispatcher.class.getName();

  @Test
  void answersABugWithAnIdThatStandsInTheLog() throws Exception {
    Route bug =
        Route.get(
            "/bug",
            PUBLIC,
            request -> {
              throw new IllegalStateException("secret detail of table users");
            });
    try (Logged log = new Logged(LOGGER);
        Served served = Served.routes(bug)) {
      HttpResponse<String> answer = served.get("/bug?token=hidden");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("secret", "Exception", "users");
      String id = answer.body().replaceAll("(?s).*details for id ([0-9a-f]+).*", "$1");
      LogRecord line = log.records.getFirst();
      assertThat(line.getMessage()).contains(id).contains("GET /bug").doesNotContain("hidden");
      assertThat(line.getThrown()).hasMessageContaining("secret detail");
    }
  }

  @Test
  void answersAStorageFailureWith503AndWhenToComeAgain() throws Exception {
    Route full =
        Route.get(
            "/full",
            PUBLIC,
            request -> {
              throw new Unavailable(
                  "the disk is full",
                  Duration.ofMillis(4200),
                  new IllegalStateException("/var/lib"));
            });
    try (Logged log = new Logged(LOGGER);
        Served served = Served.routes(full)) {
      HttpResponse<String> answer = served.get("/full");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).contains("5");
      assertThat(answer.body()).contains("the disk is full").doesNotContain("/var/lib");
      assertThat(log.records).hasSize(1);
    }
  }

  @Test
  void breaksAStreamOffThatFailsHalfWay() throws Exception {
    Route half =
        Route.get(
            "/half",
            PUBLIC,
            request ->
                Answer.stream(
                    200,
                    "text/plain",
                    out -> {
                      out.write(new byte[100_000]);
                      out.flush();
                      throw new IllegalStateException("half way");
                    }));
    try (Logged log = new Logged(Exchange.class.getName());
        Served served = Served.routes(half)) {
      String answer = served.raw("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(answer)
          .startsWith("HTTP/1.1 200")
          .doesNotEndWith("0\r\n\r\n")
          .doesNotContain("half way");
      assertThat(log.records.getFirst().getThrown()).hasMessage("half way");
    }
  }

  @Test
  void refusesMoreRequestsAtOnceThanItHasPlacesFor() throws Exception {
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch leave = new CountDownLatch(1);
    Route slow =
        Route.get(
            "/slow",
            PUBLIC,
            request -> {
              inside.countDown();
              leave.await();
              return Answer.text(200, "done");
            });
    Limits two = new Limits(100, 2, 2, 1, Limits.usual().patience());
    try (Served served = Served.routes(Served.anywhere().withLimits(two), slow);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> call = () -> served.get("/slow");
      List<Future<HttpResponse<String>>> answers =
          new ArrayList<>(List.of(callers.submit(call), callers.submit(call)));
      inside.await();
      HttpResponse<String> refused = served.get("/slow");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      leave.countDown();
      for (Future<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().body()).isEqualTo("done");
      }
      assertThat(served.get("/slow").statusCode()).isEqualTo(200);
    }
  }
}
