package dev.rollcall.lab.ha;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Clients that add URLs, call as jobs, send results and read all the while, and write down what
/// was acknowledged.
final class Load implements AutoCloseable {
  /// What a client sends.
  enum Kind {
    URL(250),
    HEARTBEAT(100),
    RESULT(200),
    READ(200);

    private final int pauseMillis;

    Kind(int pauseMillis) {
      this.pauseMillis = pauseMillis;
    }
  }

  /// One request that was answered, or not.
  ///
  /// @param began [System#nanoTime()], as the other
  /// @param why it failed, or empty
  record Done(Kind kind, long began, long ended, String why) {
    boolean isGood() {
      return why.isEmpty();
    }
  }

  /// How long a client waits, as curl does with `-m 10`.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int JOBS = 4;

  private final Http http;
  private final String account;
  private final String token;
  private final String world;
  private final AtomicLong number = new AtomicLong();
  private final ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();
  private final Map<Kind, Set<String>> acknowledged = new EnumMap<>(Kind.class);
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;

  /// @param account an API token of an account
  /// @param token that of the settings
  /// @param world where the URLs lead that are added
  /// @param callers how many clients call as jobs; one each does everything else
  Load(Machine client, String host, String account, String token, String world, int callers) {
    this.http = new Http(client, host, 80, PATIENCE);
    this.account = "Authorization: Bearer " + account;
    this.token = "Authorization: Bearer " + token;
    this.world = world;
    for (Kind kind : Kind.values()) {
      acknowledged.put(kind, ConcurrentHashMap.newKeySet());
      for (int i = 0; i < (kind == Kind.HEARTBEAT ? callers : 1); i++) {
        Thread thread = new Thread(() -> run(kind), "load-" + kind);
        thread.start();
        clients.add(thread);
      }
    }
  }

  private void run(Kind kind) {
    long next = System.nanoTime();
    while (!stopped) {
      one(kind);
      next = Math.max(next + Duration.ofMillis(kind.pauseMillis).toNanos(), System.nanoTime());
      while (!stopped && System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  private void one(Kind kind) {
    long each = number.incrementAndGet();
    long began = System.nanoTime();
    String why = "";
    try {
      Http.Answer answer = send(kind, each);
      if (answer.isGood()) {
        acknowledged(kind).add(key(kind, each));
      } else {
        why = answer.status() + " " + answer.body().strip();
      }
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    }
    done.add(new Done(kind, began, System.nanoTime(), why));
  }

  private Http.Answer send(Kind kind, long each) throws IOException {
    return switch (kind) {
      case URL ->
          http.send(
              "POST",
              "/url",
              "{\"URL\":\"http://%s/u/%d\",\"Period\":\"100m\"}".formatted(world, each),
              account);
      case HEARTBEAT ->
          each % JOBS == 0
              ? http.get("/ping?name=job-" + each / JOBS % JOBS + "&frequency=1m")
              : http.get("/ping?name=" + key(kind, each) + "&frequency=1D");
      case RESULT ->
          http.send(
              "POST",
              "/results",
              "[{\"ip\":\"192.0.2.1\",\"sent\":1,\"received\":1,\"avg_rtt\":%d,\"timestamp\":\"%s\"}]"
                  .formatted(each, Instant.now()),
              token);
      case READ -> http.get("/v1/services?limit=1");
    };
  }

  /// By which it is found where it is stored.
  private String key(Kind kind, long each) {
    return switch (kind) {
      case URL -> "http://" + world + "/u/" + each;
      case HEARTBEAT -> each % JOBS == 0 ? "job-" + each / JOBS % JOBS : "h-" + each;
      case RESULT -> "" + each;
      case READ -> "";
    };
  }

  /// What was acknowledged so far, and has to be stored.
  Set<String> acknowledged(Kind kind) {
    return Objects.requireNonNull(acknowledged.get(kind));
  }

  /// All requests since the last call of [#forget()] that have ended.
  List<Done> done() {
    return List.copyOf(done);
  }

  void forget() {
    done.clear();
  }

  /// Whether every kind was answered well in the last moment, and nothing failed.
  boolean isWell(Duration moment) {
    long since = System.nanoTime() - moment.toNanos();
    List<Done> last = done.stream().filter(one -> one.ended() - since > 0).toList();
    return last.stream().allMatch(Done::isGood)
        && last.stream().map(Done::kind).distinct().count() == Kind.values().length;
  }

  @Override
  public void close() {
    stopped = true;
    clients.forEach(LockSupport::unpark);
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
