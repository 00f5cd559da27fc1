package dev.rollcall.icmp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/// How a [Tracer] traces. Start with [#defaults].
///
/// @param method what its probes are; default ICMP
/// @param port the port of UDP (default 33,434) or TCP (443)
/// @param maxTtl the last TTL, 1 to 64; default 30
/// @param samples probes for each TTL, 1 to 16; default 1
/// @param attempts how often a TTL is asked that does not answer, 1 to 8; default 2
/// @param timeout how long a probe waits for its answer, and the time until the next attempt;
///   default 1 s
/// @param silentHops after so many TTLs in a row without an answer, a trace ends; default 8
/// @param remember how long routers near this machine are not asked again, if a trace goes through
///   a router behind them that is known; [Duration#ZERO] to ask all of them each time; default 5
///   min
/// @param multipath whether to look for all paths that flows may take (MDA-lite). Use UDP or TCP:
///   many routers do not tell flows of ICMP apart
/// @param discoverMtu whether to begin with packets of `octets` that routers may not fragment, and
///   to use smaller ones once a router asks for them
/// @param octets the size of ICMP and UDP probes with their IP header, 60 to 9,000; default 60
/// @param packetsPerSecond the most packets a second, of all traces together; default 1,000
/// @param routerGap the least time between two probes to the same router near this machine; default
///   5 ms. A router that leaves probes unanswered is asked less often
/// @param inFlight the most traces at a time, 1 to 4,096; default 256
/// @param text what ICMP and UDP probes say, so that whoever sees them knows who sends them and
///   why: ASCII, at most 200 characters
public record TracerOptions(
    TraceMethod method,
    int port,
    int maxTtl,
    int samples,
    int attempts,
    Duration timeout,
    int silentHops,
    Duration remember,
    boolean multipath,
    boolean discoverMtu,
    int octets,
    int packetsPerSecond,
    Duration routerGap,
    int inFlight,
    String text) {
  private static final int UDP_PORT = 33_434;
  private static final int TCP_PORT = 443;
  private static final int LEAST_OCTETS = 60;

  /// Checks the values.
  ///
  /// @throws IllegalArgumentException for values that are not possible
  public TracerOptions {
    between("port", port, 1, 65_535);
    between("maxTtl", maxTtl, 1, 64);
    between("samples", samples, 1, 16);
    between("attempts", attempts, 1, 8);
    between("silentHops", silentHops, 1, 64);
    between("octets", octets, LEAST_OCTETS, 9_000);
    between("packetsPerSecond", packetsPerSecond, 1, Integer.MAX_VALUE);
    between("inFlight", inFlight, 1, 4_096);
    between("text.length", text.length(), 0, 200);
    if (!timeout.isPositive() || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("timeout is " + timeout + ": use up to one minute");
    }
    if (remember.isNegative() || routerGap.isNegative()) {
      throw new IllegalArgumentException("a duration is negative: use 0 for none");
    }
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("text is \"" + text + "\": use ASCII only");
    }
  }

  private static void between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d: use %d to %d".formatted(name, value, least, most));
    }
  }

  /// ICMP, with good manners: 1,000 packets a second, which say who sends them.
  public static TracerOptions defaults() {
    return new TracerOptions(
        TraceMethod.ICMP,
        UDP_PORT,
        30,
        1,
        2,
        Duration.ofSeconds(1),
        8,
        Duration.ofMinutes(5),
        false,
        false,
        LEAST_OCTETS,
        1000,
        Duration.ofMillis(5),
        256,
        "rollcall measurement");
  }

  /// With another method, and its port.
  public TracerOptions withMethod(TraceMethod other) {
    return with(
        copy -> {
          copy.method = other;
          copy.port = other == TraceMethod.TCP ? TCP_PORT : UDP_PORT;
        });
  }

  /// To another port.
  public TracerOptions withPort(int number) {
    return with(copy -> copy.port = number);
  }

  /// With another last TTL, and another number of silent hops after which a trace ends.
  public TracerOptions withHops(int last, int silentInARow) {
    return with(
        copy -> {
          copy.maxTtl = last;
          copy.silentHops = silentInARow;
        });
  }

  /// With another number of probes and attempts, and another timeout.
  public TracerOptions withProbes(int samplesForEachTtl, int attemptsForEachTtl, Duration most) {
    return with(
        copy -> {
          copy.samples = samplesForEachTtl;
          copy.attempts = attemptsForEachTtl;
          copy.timeout = most;
        });
  }

  /// With another time for which routers near this machine are not asked again.
  public TracerOptions withRemember(Duration time) {
    return with(copy -> copy.remember = time);
  }

  /// With all paths.
  public TracerOptions withMultipath() {
    return with(copy -> copy.multipath = true);
  }

  /// With packets of a size that routers may not fragment.
  ///
  /// @param size with the IP header, 1,500 on most networks
  public TracerOptions withMtuDiscovery(int size) {
    return with(
        copy -> {
          copy.discoverMtu = true;
          copy.octets = size;
        });
  }

  /// With another rate, gap and number of traces at a time.
  public TracerOptions withRate(int packetsEachSecond, Duration gapForRouters, int traces) {
    return with(
        copy -> {
          copy.packetsPerSecond = packetsEachSecond;
          copy.routerGap = gapForRouters;
          copy.inFlight = traces;
        });
  }

  /// With another text, such as `rollcall measurement, see https://status.example.org/nodes`.
  public TracerOptions withText(String says) {
    return with(copy -> copy.text = says);
  }

  private TracerOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.options();
  }

  /// Options that are being changed.
  private static final class Copy {
    private TraceMethod method;
    private int port;
    private int maxTtl;
    private int samples;
    private int attempts;
    private Duration timeout;
    private int silentHops;
    private Duration remember;
    private boolean multipath;
    private boolean discoverMtu;
    private int octets;
    private int packetsPerSecond;
    private Duration routerGap;
    private int inFlight;
    private String text;

    Copy(TracerOptions from) {
      method = from.method;
      port = from.port;
      maxTtl = from.maxTtl;
      samples = from.samples;
      attempts = from.attempts;
      timeout = from.timeout;
      silentHops = from.silentHops;
      remember = from.remember;
      multipath = from.multipath;
      discoverMtu = from.discoverMtu;
      octets = from.octets;
      packetsPerSecond = from.packetsPerSecond;
      routerGap = from.routerGap;
      inFlight = from.inFlight;
      text = from.text;
    }

    TracerOptions options() {
      return new TracerOptions(
          method,
          port,
          maxTtl,
          samples,
          attempts,
          timeout,
          silentHops,
          remember,
          multipath,
          discoverMtu,
          octets,
          packetsPerSecond,
          routerGap,
          inFlight,
          text);
    }
  }
}
