package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/// Turns what went wrong on the network into one line for a person, and says whose fault it is.
///
/// The JDK tells most of the operating system's errors apart by their text alone (`strerror`), so
/// the text is what is looked at. "No route to host" is the target's: a router or the local network
/// says that nobody is there. "Network is unreachable" is this machine's: it has no route at all.
final class Failures {
  /// Errors of the asking machine.
  private static final Set<String> HERE =
      Set.of(
          "network is unreachable",
          "network is down",
          "too many open files",
          "too many open files in system",
          "cannot assign requested address",
          "no buffer space available",
          "cannot allocate memory",
          "permission denied",
          "operation not permitted",
          "address already in use");

  private static final String ALERT = "received fatal alert: ";

  private Failures() {}

  /// The deadline has passed.
  static ProbeFailure late(Progress progress) {
    String reason =
        "timeout: no answer within %s (%s)".formatted(words(progress.limit()), progress.words());
    return progress.heard() ? ProbeFailure.answered(reason) : new ProbeFailure(reason);
  }

  /// One address did not let itself be connected to within `share`.
  static ProbeFailure noConnection(Progress progress, Duration share) {
    return progress.late()
        ? late(progress)
        : new ProbeFailure(
            "timeout: no connection to %s within %s".formatted(progress.place(), words(share)));
  }

  /// The name has no address. Name servers that say so are a sign of life; where they failed
  /// (SERVFAIL) or were silent, which the C library does not tell apart, nobody knows whether there
  /// is such a host. Where the JDK keeps failures, which it does for 10 s by default, it keeps no
  /// reason.
  static ProbeFailure unknownHost(String host, UnknownHostException e) {
    String why = lower(e);
    if (why.contains("not known") || why.contains("no address associated")) {
      return ProbeFailure.answered("DNS: no such host: " + host);
    }
    if (why.contains("temporary failure")) {
      return new ProbeFailure(
          "DNS: %s not looked up: the name servers failed or are silent (temporary failure)"
              .formatted(host));
    }
    return new ProbeFailure(
        why.contains("failure in name resolution")
            ? "DNS: %s not looked up: the name servers refuse to (non-recoverable failure)"
                .formatted(host)
            : "DNS: no address of " + host);
  }

  /// What `e` means at the trail's stage.
  ///
  /// @throws InterruptedException if the thread was told to stop
  static ProbeFailure of(Throwable e, Progress progress) throws InterruptedException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProbeFailure failure) {
        return failure;
      }
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("check interrupted, " + progress.words());
    }
    if (e instanceof SocketTimeoutException || progress.late()) {
      return late(progress);
    }
    if (e instanceof SocketException && HERE.stream().anyMatch(lower(e)::contains)) {
      return ProbeFailure.here("%s (%s)".formatted(message(e), progress.words()));
    }
    return switch (progress.stage()) {
      case RESOLVING -> new ProbeFailure("DNS: " + message(e));
      case CONNECTING -> connecting(e, progress);
      case SECURING -> securing(e, progress);
      case SENDING, ASKED, WAITING, HEADER, BODY, EXPECTING ->
          ProbeFailure.answered(talking(e, progress));
      case LOGIN -> conversing("login: ", e, progress);
      case QUERY -> conversing("query: ", e, progress);
    };
  }

  /// Several addresses of one name failed: the target is blamed if any of them says so.
  static ProbeFailure all(List<ProbeFailure> failures) {
    if (failures.size() == 1) {
      return failures.getFirst();
    }
    String reason =
        failures.stream()
            .map(ProbeFailure::reason)
            .distinct()
            .limit(4)
            .collect(Collectors.joining("; "));
    if (failures.stream().anyMatch(ProbeFailure::answered)) {
      return ProbeFailure.answered(reason);
    }
    return failures.stream().allMatch(ProbeFailure::isHere)
        ? ProbeFailure.here(reason)
        : new ProbeFailure(reason);
  }

  private static ProbeFailure connecting(Throwable e, Progress progress) {
    if (e instanceof ConnectException && lower(e).contains("refused")) {
      return ProbeFailure.answered("connect: refused by " + progress.place());
    }
    return new ProbeFailure("connect: %s: %s".formatted(progress.place(), message(e)));
  }

  private static ProbeFailure securing(Throwable e, Progress progress) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateWatch.Untrusted untrusted) {
        progress.attempt().certificateEnds(untrusted.ends());
        return ProbeFailure.answered("TLS: " + untrusted.getMessage());
      }
    }
    String why = lower(e);
    String reason;
    if (why.contains("unsupported or unrecognized ssl message")
        || why.contains("not an ssl/tls record")) {
      reason = "the server does not speak TLS there";
    } else if (why.contains(ALERT)) {
      reason = refused(why);
    } else if (e instanceof EOFException
        || e.getCause() instanceof EOFException
        || why.contains("terminated the handshake")) {
      reason = "the server closed the connection in the handshake";
    } else if (why.contains("connection reset") || why.contains("broken pipe")) {
      reason = "the server reset the connection in the handshake";
    } else {
      reason = message(e);
    }
    return ProbeFailure.answered("TLS: %s (%s)".formatted(reason, progress.place()));
  }

  /// What happened to a conversation in a protocol of its own. What a driver makes of a broken
  /// connection says less than the break itself.
  private static ProbeFailure conversing(String stage, Throwable e, Progress progress) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String why = lower(cause);
      if (cause instanceof SSLException) {
        return securing(cause, progress);
      }
      if (cause instanceof BufferUnderflowException) {
        return ProbeFailure.answered(stage + "the answer is too short");
      }
      if (cause instanceof EOFException) {
        return ProbeFailure.answered(stage + "the server closed the connection");
      }
      if (cause instanceof IOException
          && (why.contains("connection reset") || why.contains("broken pipe"))) {
        return ProbeFailure.answered(stage + "the server reset the connection");
      }
    }
    return ProbeFailure.answered(stage + message(e));
  }

  /// What happened to a conversation that had begun.
  private static String talking(Throwable e, Progress progress) {
    String why = lower(e);
    if (why.contains("connection reset") || why.contains("broken pipe")) {
      return "connection reset (%s)".formatted(progress.words());
    }
    if (e instanceof SSLException) {
      return "TLS: " + (why.contains(ALERT) ? refused(why) : message(e));
    }
    return message(e);
  }

  /// With TLS 1.3 it may come after the handshake, as where a client certificate is missing.
  private static String refused(String alert) {
    return "the server refused: " + alert.substring(alert.lastIndexOf(' ') + 1).replace('_', ' ');
  }

  /// "15 s", "1.5 s", "200 ms".
  static String words(Duration time) {
    long millis = Math.round(time.toNanos() / 1e6);
    if (millis < 1000) {
      return millis + " ms";
    }
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1e3 + " s";
  }

  private static String lower(Throwable e) {
    return message(e).toLowerCase(Locale.ROOT);
  }

  /// The message of `e`, or its class where it has none.
  static String message(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  /// Carries a failure through code that lets only IOException pass.
  static final class Carrier extends IOException {
    private static final long serialVersionUID = 1L;

    Carrier(Exception cause) {
      super(cause);
    }
  }
}
