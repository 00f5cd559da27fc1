package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.RoundTrips;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Pings a host: sends it several ICMP echo requests, and measures how long the answers take.
///
/// `ping://gw.example?count=10&interval=100ms&loss=20&family=ipv4` sends 10 packets, one each 100
/// ms, to the IPv4 address of the host, and fails if more than 20 % of them are lost. By default
/// there are 5 packets, one each 200 ms, and the check fails if all are lost. A packet without an
/// answer after 3 s, or at the end of the attempt, is lost.
///
/// The time of the check is the median of its round trips. With `rtt=50ms` it fails if that is
/// longer.
///
/// Sources: RFC 792, RFC 4443.
///
/// @param name name of the probe
/// @param target the host, and the parameters
/// @param dialer looks up the name; the address that it returns is the one that is pinged
/// @param sender shared with other probes
public record PingProbe(String name, ServerUrl target, Dialer dialer, EchoSender sender)
    implements Probe {
  private static final int COUNT = 5;
  private static final int MOST = 100;
  private static final Duration GAP = Duration.ofMillis(200);
  private static final Duration SHORTEST_GAP = Duration.ofMillis(10);
  private static final Duration LONGEST_TIME = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);
  private static final int MOST_LOSS = 99;
  private static final Pattern TIME = Pattern.compile("([0-9]{1,5})(ms|s)");

  /// Which addresses of a host are pinged.
  private enum Family {
    ANY,
    IPV4,
    IPV6;

    boolean has(InetAddress address) {
      return switch (this) {
        case ANY -> true;
        case IPV4 -> address instanceof Inet4Address;
        case IPV6 -> address instanceof Inet6Address;
      };
    }
  }

  /// Validates the URL and its parameters.
  public PingProbe {
    target.understands(Set.of("count", "interval", "loss", "rtt", "family"), Set.of());
    validatePlaces(target);
    loss(target);
    longest(target);
    family(target);
    Duration sending = gap(target).multipliedBy(count(target) - 1L);
    if (sending.compareTo(target.limit()) >= 0) {
      throw new IllegalArgumentException(
          "count and interval take %s, which is not less than the timeout of %s"
              .formatted(Failures.words(sending), Failures.words(target.limit())));
    }
  }

  private static void validatePlaces(ServerUrl target) {
    if (!target.path().isEmpty() || target.uri().getRawAuthority().matches(".*:[0-9]*")) {
      throw new IllegalArgumentException(
          "the URL has a port or a path, which have no effect with ping: write it as ping://host");
    }
    target.target(1);
  }

  private static int count(ServerUrl target) {
    return whole(target, "count", COUNT, 1, MOST);
  }

  private static int loss(ServerUrl target) {
    return whole(target, "loss", MOST_LOSS, 0, MOST_LOSS);
  }

  private static int whole(ServerUrl target, String name, int usual, int least, int most) {
    String text = target.parameter(name).orElse(String.valueOf(usual));
    int value = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : -1;
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s=%s is no whole number from %d to %d".formatted(name, Quoted.of(text), least, most));
    }
    return value;
  }

  private static Duration gap(ServerUrl target) {
    return time(target, "interval", SHORTEST_GAP).orElse(GAP);
  }

  /// The longest median of round trips, if there is a limit.
  private static Optional<Duration> longest(ServerUrl target) {
    return time(target, "rtt", Duration.ofMillis(1));
  }

  private static Optional<Duration> time(ServerUrl target, String name, Duration least) {
    if (target.parameter(name).isEmpty()) {
      return Optional.empty();
    }
    String text = target.parameter(name).get();
    Matcher matcher = TIME.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Duration time =
          matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
      if (time.compareTo(least) >= 0 && time.compareTo(LONGEST_TIME) <= 0) {
        return Optional.of(time);
      }
    }
    throw new IllegalArgumentException(
        "%s=%s is no time from %dms to 10s".formatted(name, Quoted.of(text), least.toMillis()));
  }

  private static Family family(ServerUrl target) {
    target.checkParameter("family", List.of("ipv4", "ipv6"));
    return target
        .parameter("family")
        .map(word -> Family.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElse(Family.ANY);
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Attempt own = attempt.limitedTo(target.limit());
    try {
      ping(own, address(new Progress(own)));
    } finally {
      own.took(Phase.TOTAL, own.elapsed());
    }
  }

  private InetAddress address(Progress progress) throws ProbeFailure, InterruptedException {
    String host = target.target(1).host();
    progress.at(host);
    return dialer.resolve(host, progress).stream()
        .filter(family(target)::has)
        .findFirst()
        .orElseThrow(
            () ->
                new ProbeFailure(
                    "DNS: %s has no address of %s"
                        .formatted(host, family(target) == Family.IPV4 ? "IPv4" : "IPv6")));
  }

  private void ping(Attempt attempt, InetAddress address)
      throws ProbeFailure, InterruptedException {
    int count = count(target);
    Duration left = attempt.remaining().minus(gap(target).multipliedBy(count - 1L));
    if (!left.isPositive()) {
      throw new ProbeFailure(
          "timeout: no time left for %d packets after the name was looked up".formatted(count));
    }
    Duration wait = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
    EchoSender.Replies replies = sender.send(address, count, gap(target), wait);
    RoundTrips trips = replies.trips();
    String said = replies.error().map(error -> ": " + error).orElse("");
    if (trips.sent() == 0) {
      throw ProbeFailure.here("no packet could be sent to " + address.getHostAddress() + said);
    }
    attempt.roundTrips(trips);
    if (trips.lossPercent() > loss(target)) {
      throw trips.times().isEmpty()
          ? new ProbeFailure("no answer to %d packets%s".formatted(trips.sent(), said))
          : ProbeFailure.answered(
              "%d of %d packets lost, more than %d %%%s"
                  .formatted(trips.lost(), trips.sent(), loss(target), said));
    }
    Optional<Duration> limit = longest(target);
    Optional<Duration> median = trips.median();
    if (limit.isPresent() && median.isPresent() && median.get().compareTo(limit.get()) > 0) {
      throw ProbeFailure.answered(
          String.format(
              Locale.ROOT,
              "round trips of %.2f ms in the median, more than %s",
              median.get().toNanos() / 1e6,
              Failures.words(limit.get())));
    }
  }
}
