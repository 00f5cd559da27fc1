package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;

/// What became of the pings of one target so far.
final class PingTally {
  final RttHistogram rtts = new RttHistogram();

  private int sent;
  private int received;
  private int lost;
  private int errors;
  private int notSent;
  private int unknown;
  private int awaited;
  private int duplicates;
  private int late;
  private int corrupt;
  private String state = "";

  void add(PingResult result) {
    switch (result.status()) {
      case REPLY -> {
        sent++;
        received++;
        rtts.add(result.rttNanos());
        state = Rtts.millis(result.rttNanos()) + " ms";
      }
      case CORRUPT -> {
        sent++;
        received++;
        corrupt++;
        state = "corrupt";
      }
      case TIMEOUT -> {
        sent++;
        lost++;
        state = "no reply";
      }
      case UNREACHABLE -> {
        sent++;
        lost++;
        errors++;
        state = result.reason();
      }
      case NOT_SENT -> {
        notSent++;
        state = "not sent: " + result.reason();
      }
      case UNKNOWN -> {
        sent++;
        unknown++;
        state = "unknown: " + result.reason();
      }
      case DUPLICATE -> duplicates++;
      case LATE -> late++;
    }
  }

  /// Counts a ping that was sent, and whose reply nobody waits for any more.
  void addAwaited() {
    sent++;
    awaited++;
  }

  int sent() {
    return sent;
  }

  int received() {
    return received;
  }

  int lost() {
    return lost;
  }

  int errors() {
    return errors;
  }

  int notSent() {
    return notSent;
  }

  int unknown() {
    return unknown;
  }

  /// Those on their way when it ended.
  int awaited() {
    return awaited;
  }

  int duplicates() {
    return duplicates;
  }

  int late() {
    return late;
  }

  int corrupt() {
    return corrupt;
  }

  /// What became of the last ping, in words.
  String state() {
    return state;
  }

  /// The lost ones of those of which something is known, in percent.
  double lossPercent() {
    int known = sent - unknown - awaited;
    return known == 0 ? 0 : 100.0 * lost / known;
  }
}
