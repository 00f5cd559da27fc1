package dev.rollcall.server.app;

import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.icmp.TraceMethod;
import dev.rollcall.icmp.TracerOptions;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.terminal.AsNumbers;
import dev.rollcall.server.terminal.HopNames;
import dev.rollcall.server.terminal.Terminal;
import dev.rollcall.server.terminal.TracePlan;
import dev.rollcall.server.terminal.TraceRounds;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall traceroute`: shows the routers on the way to a host, for a person at a terminal. The
/// exit status is 0 if the host answered, 1 if it did not, and 2 if it could not be tried.
///
/// @param directory the working directory
record TracerouteCommand(Path directory) implements Command {
  private static final int PACKET_WITH_MTU = 1500;
  private static final int ALL_HOPS = 64;

  private static final ValueType<Integer> TTL = ValueType.number(1, ALL_HOPS);
  private static final ValueType<Integer> PROBES = ValueType.number(1, 16);
  private static final ValueType<Integer> ATTEMPTS = ValueType.number(1, 8);
  private static final ValueType<Integer> PORT = ValueType.number(1, 65_535);
  private static final ValueType<Integer> COUNT = ValueType.number(1, 1_000_000_000);
  private static final ValueType<Duration> TIMEOUT =
      ValueType.duration(Duration.ofMillis(1), Duration.ofMinutes(1));
  private static final ValueType<Duration> INTERVAL =
      ValueType.duration(Duration.ofMillis(10), Duration.ofDays(1));

  /// The command with its flags.
  CommandSpec spec() {
    return Commands.command(
            "traceroute",
            "Show the routers on the way to a host; with --mtr, go on until Ctrl-C and show loss"
                + " and jitter at each.",
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
            flag("--method", "METHOD")
                .description(
                    "icmp, udp or tcp; default icmp, the only one that needs no rights of root")
                .build())
        .addOption(
            flag("--port", "PORT").description("of udp (default 33434) or tcp (443)").build())
        .addOption(flag("--max-ttl", "NUMBER").description("the last hop; default 30").build())
        .addOption(
            flag("--probes", "NUMBER").description("for each hop; default 3, with --mtr 1").build())
        .addOption(
            flag("--attempts", "NUMBER")
                .description(
                    "how often a hop is asked that does not answer; default 2, with --mtr 1")
                .build())
        .addOption(
            flag("--timeout", "DURATION")
                .description("how long to wait for each answer; default 1s")
                .build())
        .addOption(
            option("--multipath", "show all paths that packets may take; best with udp or tcp"))
        .addOption(option("--mtu", "find the largest packet for each link; begins with 1500 bytes"))
        .addOption(option("--mtr", "go on, and show a table with loss and jitter at each hop"))
        .addOption(
            flag("--count", "NUMBER").description("rounds of --mtr; default: no end").build())
        .addOption(
            flag("--interval", "DURATION")
                .description("from one round of --mtr to the next; default 1s")
                .build())
        .addOption(option("--no-names", "do not look up the names of routers"))
        .addOption(
            flag("--as-numbers", "FILE")
                .description(
                    "show the number of the network of each router, from a file with a line for"
                        + " each block, as in 192.0.2.0/24 64500")
                .build())
        .addOption(option("--ipv6", "use the IPv6 address of the host"))
        .addOption(option("--json", "print JSON: a line for each trace"));
  }

  private static OptionSpec.Builder flag(String name, String label) {
    return OptionSpec.builder(name).paramLabel(label).arity("1").type(String.class);
  }

  private static OptionSpec option(String name, String description) {
    return OptionSpec.builder(name).arity("0").type(Boolean.class).description(description).build();
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    Mistakes mistakes = new Mistakes();
    PrintWriter err = given.commandSpec().commandLine().getErr();
    String host = given.matchedPositionalValue(0, "");
    boolean mtr = given.hasMatchedOption("--mtr");
    TracerOptions options = options(given, mtr, mistakes);
    Optional<Integer> count = value(given, "--count", COUNT, mistakes);
    Optional<Duration> interval = value(given, "--interval", INTERVAL, mistakes);
    for (String flag : List.of("--count", "--interval")) {
      if (given.hasMatchedOption(flag) && !mtr) {
        mistakes.add(flag, "needs --mtr: add it, or remove this flag");
      }
    }
    AsNumbers numbers = numbers(given, mistakes);
    Optional<InetAddress> target = address(host, given.hasMatchedOption("--ipv6"), mistakes);
    if (target.isEmpty() || !mistakes.isEmpty()) {
      mistakes.lines().forEach(mistake -> err.println("rollcall traceroute: " + mistake));
      return MISTAKE;
    }
    TracePlan plan =
        new TracePlan(
            host,
            target.get(),
            options,
            mtr ? count.orElse(0) : 1,
            interval.orElse(Duration.ofSeconds(1)),
            new HopNames(!given.hasMatchedOption("--no-names")),
            numbers);
    PrintWriter out = given.commandSpec().commandLine().getOut();
    try {
      return new TraceRounds(plan, form(given, mtr), out).run(StopSignals.stop()) ? OK : TROUBLE;
    } catch (IcmpUnavailableException e) {
      err.println("rollcall traceroute: " + e.getMessage());
      return MISTAKE;
    }
  }

  private static TracerOptions options(ParseResult given, boolean mtr, Mistakes mistakes) {
    int probes = value(given, "--probes", PROBES, mistakes).orElse(mtr ? 1 : 3);
    int attempts = value(given, "--attempts", ATTEMPTS, mistakes).orElse(mtr ? 1 : 2);
    Duration timeout = value(given, "--timeout", TIMEOUT, mistakes).orElse(Duration.ofSeconds(1));
    int last = value(given, "--max-ttl", TTL, mistakes).orElse(30);
    TracerOptions options =
        TracerOptions.defaults()
            .withText("rollcall traceroute")
            .withMethod(method(given, mistakes))
            .withHops(last, TracerOptions.defaults().silentHops())
            .withProbes(probes, attempts, timeout)
            .withRemember(Duration.ZERO)
            .withRate(TracerOptions.defaults().packetsPerSecond(), Duration.ZERO, 1);
    Optional<Integer> port = value(given, "--port", PORT, mistakes);
    if (port.isPresent()) {
      options = options.withPort(port.get());
    }
    if (given.hasMatchedOption("--multipath")) {
      options = options.withMultipath();
    }
    return given.hasMatchedOption("--mtu") ? options.withMtuDiscovery(PACKET_WITH_MTU) : options;
  }

  private static TraceMethod method(ParseResult given, Mistakes mistakes) {
    String text = given.matchedOptionValue("--method", "icmp");
    for (TraceMethod method : TraceMethod.values()) {
      if (method.name().equals(text.toUpperCase(Locale.ROOT))) {
        return method;
      }
    }
    mistakes.add("--method", text, "is no method: use icmp, udp or tcp");
    return TraceMethod.ICMP;
  }

  private static <T> Optional<T> value(
      ParseResult given, String flag, ValueType<T> type, Mistakes mistakes) {
    Optional<String> text = Optional.ofNullable(given.matchedOptionValue(flag, null));
    try {
      return text.map(type::parse);
    } catch (IllegalArgumentException e) {
      mistakes.add(flag, text.orElse(""), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private AsNumbers numbers(ParseResult given, Mistakes mistakes) {
    String file = given.matchedOptionValue("--as-numbers", "");
    try {
      return file.isEmpty() ? new AsNumbers() : AsNumbers.of(directory.resolve(file));
    } catch (IOException e) {
      mistakes.add("--as-numbers", file, "cannot be read: name a file with a line for each block");
    } catch (IllegalArgumentException e) {
      mistakes.add("--as-numbers", file, String.valueOf(e.getMessage()));
    }
    return new AsNumbers();
  }

  private static Optional<InetAddress> address(String host, boolean ipv6, Mistakes mistakes) {
    try {
      return Arrays.stream(InetAddress.getAllByName(host))
          .filter(address -> !ipv6 || address instanceof Inet6Address)
          .findFirst()
          .or(
              () -> {
                mistakes.add(host, "has no IPv6 address: leave out --ipv6");
                return Optional.empty();
              });
    } catch (UnknownHostException e) {
      mistakes.add(host, "has no address: check its name, and the name server of this machine");
      return Optional.empty();
    }
  }

  private static TraceRounds.Form form(ParseResult given, boolean mtr) {
    if (given.hasMatchedOption("--json")) {
      return TraceRounds.Form.JSON;
    }
    if (!mtr) {
      return TraceRounds.Form.LINES;
    }
    return Terminal.isThere() ? TraceRounds.Form.TABLE : TraceRounds.Form.REPORT;
  }
}
