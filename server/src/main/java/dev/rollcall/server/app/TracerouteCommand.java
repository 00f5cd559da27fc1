package dev.rollcall.server.app;

import static dev.rollcall.server.app.TypedFlags.bare;
import static dev.rollcall.server.app.TypedFlags.valued;

import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.icmp.TraceMethod;
import dev.rollcall.icmp.TracerOptions;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.terminal.AsNumbers;
import dev.rollcall.server.terminal.HopNames;
import dev.rollcall.server.terminal.Terminal;
import dev.rollcall.server.terminal.TracePlan;
import dev.rollcall.server.terminal.TraceRounds;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall traceroute`: shows the routers on the way to a host, for a person at a terminal. The
/// exit status is 0 if the host answered, 1 if it did not, and 2 if it could not be tried.
///
/// @param directory the working directory
record TracerouteCommand(Path directory) implements Command {
  private static final int PACKET_WITH_MTU = 1500;
  private static final int ALL_HOPS = 64;
  private static final Map<String, TraceMethod> SHORT =
      Map.of("-I", TraceMethod.ICMP, "-U", TraceMethod.UDP, "-T", TraceMethod.TCP);

  private static final ValueType<Integer> TTL = ValueType.number(1, ALL_HOPS);
  private static final ValueType<Integer> PROBES = ValueType.number(1, 16);
  private static final ValueType<Integer> ATTEMPTS = ValueType.number(1, 8);
  private static final ValueType<Integer> PORT = ValueType.number(1, 65_535);
  private static final ValueType<TraceMethod> METHOD = ValueType.choice(TraceMethod.class);
  private static final ValueType<Integer> COUNT = ValueType.number(1, 1_000_000_000);
  private static final ValueType<Duration> TIMEOUT =
      ValueType.typedDuration(Duration.ofMillis(1), Duration.ofMinutes(1));
  private static final ValueType<Duration> INTERVAL =
      ValueType.typedDuration(Duration.ofMillis(10), Duration.ofDays(1));

  /// The command with its flags.
  CommandSpec spec() {
    return Commands.command(
            "traceroute",
            "Show the routers on the way to a host; with --mtr, go on until Ctrl-C and show loss"
                + " and jitter at each. A duration is a number of seconds, as 0.2, or has a unit,"
                + " as 200ms.",
            this)
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("HOST")
                .index("0")
                .arity("1")
                .required(true)
                .type(String.class)
                .description("name or address of a host")
                .build())
        .addOption(
            valued(
                "METHOD",
                "icmp, udp or tcp; default icmp, the only one that needs no rights of root",
                "--method"))
        .addOption(bare("as --method=icmp", "-I"))
        .addOption(bare("as --method=udp", "-U"))
        .addOption(bare("as --method=tcp", "-T"))
        .addOption(valued("PORT", "of udp (default 33434) or tcp (443)", "-p", "--port"))
        .addOption(valued("NUMBER", "the last hop; default 30", "-m", "--max-ttl"))
        .addOption(valued("NUMBER", "for each hop; default 3, with --mtr 1", "-q", "--probes"))
        .addOption(
            valued(
                "NUMBER",
                "how often a hop is asked that does not answer; default 2, with --mtr 1",
                "--attempts"))
        .addOption(
            valued("DURATION", "how long to wait for each answer; default 1s", "-w", "--timeout"))
        .addOption(
            bare("show all paths that packets may take; best with udp or tcp", "--multipath"))
        .addOption(bare("find the largest packet for each link; begins with 1500 bytes", "--mtu"))
        .addOption(bare("go on, and show a table with loss and jitter at each hop", "--mtr"))
        .addOption(valued("NUMBER", "rounds of --mtr; default: no end", "--count"))
        .addOption(
            valued("DURATION", "from one round of --mtr to the next; default 1s", "--interval"))
        .addOption(bare("do not look up the names of routers", "-n", "--no-names"))
        .addOption(
            valued(
                "FILE",
                "show the number of the network of each router, from a file with a line for"
                    + " each block, as in 192.0.2.0/24 64500",
                "--as-numbers"))
        .addOption(TypedFlags.ipv4())
        .addOption(TypedFlags.ipv6())
        .addOption(bare("print JSON: a line for each trace", "--json"));
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    TypedFlags flags = new TypedFlags(given);
    String host = given.matchedPositionalValue(0, "");
    boolean mtr = flags.has("--mtr");
    TracerOptions options = options(flags, mtr);
    Optional<Integer> count = flags.value("--count", COUNT);
    Optional<Duration> interval = flags.value("--interval", INTERVAL);
    for (String flag : List.of("--count", "--interval")) {
      if (flags.has(flag) && !mtr) {
        flags.mistakes().add(flag, "needs --mtr: add it, or remove this flag");
      }
    }
    if (flags.has("--port") && options.method() == TraceMethod.ICMP) {
      flags.mistakes().add("--port", "needs udp or tcp: add -U or -T, or remove this flag");
    }
    AsNumbers numbers = numbers(flags);
    Optional<InetAddress> target = flags.address(host);
    if (flags.reportMistakes() || target.isEmpty()) {
      return MISTAKE;
    }
    TracePlan plan =
        new TracePlan(
            host,
            target.get(),
            options,
            mtr ? count.orElse(0) : 1,
            interval.orElse(Duration.ofSeconds(1)),
            new HopNames(!flags.has("--no-names")),
            numbers);
    PrintWriter out = given.commandSpec().commandLine().getOut();
    try {
      return new TraceRounds(plan, form(flags, mtr), out).run(StopSignals.stop()) ? OK : TROUBLE;
    } catch (IcmpUnavailableException e) {
      flags.report(String.valueOf(e.getMessage()));
      return MISTAKE;
    }
  }

  private static TracerOptions options(TypedFlags flags, boolean mtr) {
    int probes = flags.value("--probes", PROBES).orElse(mtr ? 1 : 3);
    int attempts = flags.value("--attempts", ATTEMPTS).orElse(mtr ? 1 : 2);
    Duration timeout = flags.value("--timeout", TIMEOUT).orElse(Duration.ofSeconds(1));
    int last = flags.value("--max-ttl", TTL).orElse(30);
    TracerOptions options =
        TracerOptions.defaults()
            .withText("rollcall traceroute")
            .withMethod(method(flags))
            .withHops(last, TracerOptions.defaults().silentHops())
            .withProbes(probes, attempts, timeout)
            .withRemember(Duration.ZERO)
            .withRate(TracerOptions.defaults().packetsPerSecond(), Duration.ZERO, 1);
    Optional<Integer> port = flags.value("--port", PORT);
    if (port.isPresent()) {
      options = options.withPort(port.get());
    }
    if (flags.has("--multipath")) {
      options = options.withMultipath();
    }
    return flags.has("--mtu") ? options.withMtuDiscovery(PACKET_WITH_MTU) : options;
  }

  private static TraceMethod method(TypedFlags flags) {
    List<TraceMethod> methods = new ArrayList<>();
    SHORT.forEach(
        (flag, method) -> {
          if (flags.has(flag)) {
            methods.add(method);
          }
        });
    flags.value("--method", METHOD).ifPresent(methods::add);
    if (methods.stream().distinct().count() > 1) {
      flags
          .mistakes()
          .add("--method", "contradicts another flag: give one of -I, -U, -T and --method");
    }
    return methods.isEmpty() ? TraceMethod.ICMP : methods.getFirst();
  }

  private AsNumbers numbers(TypedFlags flags) {
    String file = flags.given().matchedOptionValue("--as-numbers", "");
    try {
      return file.isEmpty() ? new AsNumbers() : AsNumbers.of(directory.resolve(file));
    } catch (IOException e) {
      flags
          .mistakes()
          .add("--as-numbers", file, "cannot be read: name a file with a line for each block");
    } catch (IllegalArgumentException e) {
      flags.mistakes().add("--as-numbers", file, String.valueOf(e.getMessage()));
    }
    return new AsNumbers();
  }

  private static TraceRounds.Form form(TypedFlags flags, boolean mtr) {
    if (flags.has("--json")) {
      return TraceRounds.Form.JSON;
    }
    if (!mtr) {
      return TraceRounds.Form.LINES;
    }
    return Terminal.isThere() ? TraceRounds.Form.TABLE : TraceRounds.Form.REPORT;
  }
}
