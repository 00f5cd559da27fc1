package dev.rollcall.server.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A channel that records what arrived, how many at once, and what it answers.
public final class RecordingChannel implements Channel {
  private final String name;
  private final String receiver;
  private final List<Delivery> got = new ArrayList<>();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean hangs;
  private volatile boolean keepsIncidents;
  private volatile boolean toldAgain;
  private volatile Notification.@Nullable Kind unsupported;
  private volatile Function<Delivery, Result> answer = _ -> new Result.Sent();

  public RecordingChannel(String name, String receiver) {
    this.name = name;
    this.receiver = receiver;
  }

  public static Result.Retry retry(String reason) {
    return new Result.Retry(reason, Optional.empty(), false);
  }

  /// Answers so from now on.
  public RecordingChannel answering(Function<Delivery, Result> next) {
    answer = next;
    return this;
  }

  /// Has no notification for that.
  public RecordingChannel without(Notification.Kind kind) {
    unsupported = kind;
    return this;
  }

  /// Answers nothing from now on, until it is interrupted or closed.
  RecordingChannel hanging() {
    hangs = true;
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String receiver() {
    return receiver;
  }

  @Override
  public boolean tells(Notification.Kind kind) {
    return kind != unsupported;
  }

  /// Keeps incidents itself.
  public RecordingChannel keepingIncidents() {
    keepsIncidents = true;
    return this;
  }

  /// Is told again what goes on.
  public RecordingChannel toldAgain() {
    toldAgain = true;
    return this;
  }

  @Override
  public boolean isToldAgain() {
    return toldAgain;
  }

  @Override
  public boolean keepsIncidents() {
    return keepsIncidents;
  }

  @Override
  public Result send(Delivery delivery) throws InterruptedException {
    most.accumulateAndGet(now.incrementAndGet(), Math::max);
    try {
      synchronized (got) {
        got.add(delivery);
      }
      if (hangs) {
        released.await();
      }
      return answer.apply(delivery);
    } finally {
      now.decrementAndGet();
    }
  }

  /// Lets go of what hangs, and hangs no more.
  void release() {
    hangs = false;
    released.countDown();
  }

  /// Every attempt so far.
  public List<Delivery> got() {
    synchronized (got) {
      return List.copyOf(got);
    }
  }

  List<String> keys() {
    return got().stream().map(Delivery::key).toList();
  }

  int atOnce() {
    return now.get();
  }

  int mostAtOnce() {
    return most.get();
  }
}
