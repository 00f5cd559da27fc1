package dev.rollcall.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Jobs that call in time, or are silent as planned, and a node that posts results. They record
/// what was acknowledged. A call without a 200 is repeated, as `curl --retry` does.
final class SoakJobs implements AutoCloseable {
  static final int JOBS = 40;

  /// Every tenth job is silent at times.
  private static final int SILENT_EVERY = 10;

  private static final int FREQUENCY_SECONDS = 10;
  private static final Duration CALLS_EVERY = Duration.ofSeconds(8);
  private static final Duration GRACE = Duration.ofSeconds(8);
  private static final Duration TALKS_FOR = Duration.ofSeconds(60);
  private static final Duration SILENT_FOR = Duration.ofSeconds(60);
  private static final Duration AGAIN = Duration.ofMillis(300);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int RESULTS = 20;

  /// A time in which a job is silent.
  record Silence(Instant from, Instant until) {}

  /// One job, and the results of its calls.
  static final class Job {
    final String name;
    final boolean pauses;
    final AtomicLong acknowledged = new AtomicLong();
    final AtomicLong tried = new AtomicLong();
    final List<Silence> silences = new ArrayList<>();

    Job(int number) {
      this.name = "job" + number;
      this.pauses = number % SILENT_EVERY == 0;
    }
  }

  private final String url;
  private final HttpClient client;
  private final List<Job> jobs = new ArrayList<>();
  private final Set<Long> stored = ConcurrentHashMap.newKeySet();
  private final AtomicLong posted = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile Instant stopped = Instant.MAX;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  SoakJobs(int port) {
    this.url = "http://127.0.0.1:" + port;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .executor(threads)
            .build();
    for (int i = 0; i < JOBS; i++) {
      jobs.add(new Job(i));
    }
  }

  void start() {
    for (Job job : jobs) {
      threads.execute(() -> run(job));
    }
    threads.execute(this::post);
  }

  private void run(Job job) {
    long talking = System.nanoTime();
    while (!over.get()) {
      long next = System.nanoTime() + CALLS_EVERY.toNanos();
      call(job);
      if (job.pauses && System.nanoTime() - talking > TALKS_FOR.toNanos()) {
        Instant from = Instant.now();
        pause(SILENT_FOR);
        synchronized (job.silences) {
          job.silences.add(new Silence(from, Instant.now()));
        }
        talking = System.nanoTime();
      } else {
        pause(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
      }
    }
  }

  private void call(Job job) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    url
                        + "/ping?name=%s&frequency=%ds&grace=%ds"
                            .formatted(job.name, FREQUENCY_SECONDS, GRACE.toSeconds())))
            .timeout(TIMEOUT)
            .build();
    while (!over.get()) {
      job.tried.incrementAndGet();
      if (send(request)) {
        job.acknowledged.incrementAndGet();
        return;
      }
      pause(AGAIN);
    }
  }

  private void post() {
    long id = 0;
    while (!over.get()) {
      StringBuilder body = new StringBuilder("[");
      long first = id;
      for (int i = 0; i < RESULTS; i++) {
        body.append(i == 0 ? "" : ",")
            .append(
                """
                {"ip":"192.0.2.%d","sent":4,"received":3,"avg_rtt":%d,"timestamp":"2026-01-07T22:30:00Z","error":"soak"}"""
                    .formatted(i, id++));
      }
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/results"))
              .header("Content-Type", "application/json")
              .timeout(TIMEOUT)
              .POST(BodyPublishers.ofString(body + "]"))
              .build();
      posted.addAndGet(RESULTS);
      if (send(request)) {
        for (long each = first; each < id; each++) {
          stored.add(each);
        }
      }
      pause(AGAIN);
    }
  }

  private boolean send(HttpRequest request) {
    try {
      boolean taken = client.send(request, BodyHandlers.discarding()).statusCode() == 200;
      if (!taken) {
        refusals.incrementAndGet();
      }
      return taken;
    } catch (IOException e) {
      refusals.incrementAndGet();
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A flood of requests from `connections` clients, as many as they can send in that time.
  ///
  /// @return the number of answers
  long flood(Duration time, int connections) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    AtomicLong asked = new AtomicLong();
    List<Thread> callers =
        Stream.generate(() -> Thread.ofVirtual().unstarted(() -> ask(end, asked)))
            .limit(connections)
            .toList();
    callers.forEach(Thread::start);
    for (Thread caller : callers) {
      caller.join();
    }
    return asked.get();
  }

  private void ask(long end, AtomicLong asked) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/services?limit=100")).timeout(TIMEOUT).build();
    while (System.nanoTime() < end) {
      try {
        client.send(request, BodyHandlers.discarding());
        asked.incrementAndGet();
      } catch (IOException e) {
        pause(AGAIN);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  List<Job> jobs() {
    return jobs;
  }

  /// The ids of acknowledged results.
  Set<Long> stored() {
    return stored;
  }

  long posted() {
    return posted.get();
  }

  /// Calls and posts without a 200; each was repeated.
  long refusals() {
    return refusals.get();
  }

  /// When the last call was made: alerts after that are right.
  Instant stopped() {
    return stopped;
  }

  /// Waits until what is under way has ended.
  void stop() throws InterruptedException {
    stopped = Instant.now();
    over.set(true);
    threads.shutdown();
    if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
      threads.shutdownNow();
    }
  }

  @Override
  public void close() {
    over.set(true);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
