package dev.rollcall.server.app;

import static dev.rollcall.server.app.TypedFlags.bare;
import static dev.rollcall.server.app.TypedFlags.valued;

import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.icmp.PingerOptions;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.terminal.PingPlan;
import dev.rollcall.server.terminal.PingRun;
import dev.rollcall.server.terminal.Terminal;
import inet.ipaddr.IPAddress;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall ping`: pings hosts, for a person at a terminal. As with `ping`, the exit status is 0
/// if somebody replied, 1 if nobody did, and 2 if it could not be tried.
final class PingCommand implements Command {
  private static final int LARGEST_SWEEP = 65_536;
  private static final int LEAST_IN_FLIGHT = 1024;
  private static final Duration LEAST_GAP = Duration.ofMillis(10);

  private static final ValueType<Integer> COUNT = ValueType.number(1, 1_000_000_000);
  private static final ValueType<Integer> RATE = ValueType.number(1, 1_000_000);
  private static final ValueType<Integer> SIZE =
      ValueType.number(PingerOptions.LEAST_PAYLOAD, PingerOptions.MOST_PAYLOAD);
  private static final ValueType<Integer> TTL = ValueType.number(1, 255);
  private static final ValueType<Duration> INTERVAL =
      ValueType.typedDuration(Duration.ofMillis(1), Duration.ofDays(1));
  private static final ValueType<Duration> TIMEOUT =
      ValueType.typedDuration(Duration.ofMillis(1), Duration.ofMinutes(10));
  private static final ValueType<Duration> DEADLINE =
      ValueType.typedDuration(Duration.ofMillis(1), Duration.ofDays(365));

  /// The command with its flags.
  CommandSpec spec() {
    return Commands.command(
            "ping",
            "Ping hosts: until Ctrl-C, or --count times. With several hosts at a terminal, show"
                + " a table. A duration is a number of seconds, as 0.2, or has a unit, as 200ms.",
            this)
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("HOST")
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("names or addresses of hosts")
                .build())
        .addOption(
            OptionSpec.builder("--sweep")
                .paramLabel("CIDR")
                .arity("1")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(
                    "a block of addresses, each of which is pinged once, unless --count says"
                        + " otherwise; can be given several times; 65,536 addresses at most")
                .build())
        .addOption(
            valued(
                "NUMBER",
                "pings for each host; default: no end, or 1 with --sweep",
                "-c",
                "--count"))
        .addOption(
            valued(
                "DURATION", "from one ping of a host to its next; default 1s", "-i", "--interval"))
        .addOption(
            valued("DURATION", "how long to wait for each reply; default 2s", "-W", "--timeout"))
        .addOption(valued("DURATION", "end after this time; default: no end", "-w", "--deadline"))
        .addOption(
            valued(
                "NUMBER",
                "bytes of data in each packet, behind the 8 of ICMP; default 56",
                "-s",
                "--size"))
        .addOption(valued("NUMBER", "routers to pass at most; default 64", "-t", "--ttl"))
        .addOption(
            valued(
                "NUMBER",
                "packets a second at most, to all hosts together; default 1000",
                "--rate"))
        .addOption(TypedFlags.ipv4())
        .addOption(TypedFlags.ipv6())
        .addOption(bare("show only what comes at the end", "-q", "--quiet"))
        .addOption(bare("look up no names of addresses: so it is always", "-n"))
        .addOption(
            bare("print JSON: a line for each result, and one for each host at the end", "--json"));
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    TypedFlags flags = new TypedFlags(given);
    List<String> sweeps = given.matchedOptionValue("--sweep", List.of());
    Optional<Integer> count = flags.value("--count", COUNT);
    Duration every = flags.value("--interval", INTERVAL).orElse(Duration.ofSeconds(1));
    Duration timeout = flags.value("--timeout", TIMEOUT).orElse(Duration.ofSeconds(2));
    Optional<Duration> deadline = flags.value("--deadline", DEADLINE);
    PingerOptions options = options(flags);
    List<PingPlan.Target> targets = targets(flags, sweeps);
    if (flags.reportMistakes()) {
      return MISTAKE;
    }
    PingPlan plan =
        new PingPlan(
            targets,
            count.orElse(sweeps.isEmpty() ? 0 : 1),
            every,
            timeout,
            deadline,
            options.messageBytes());
    PrintWriter out = given.commandSpec().commandLine().getOut();
    try {
      return new PingRun(plan, form(flags, plan, sweeps), flags.has("--quiet"), out)
              .run(
                  options
                      .withInFlight(Math.clamp(targets.size() * 4L, LEAST_IN_FLIGHT, LARGEST_SWEEP))
                      .withGaps(every.compareTo(LEAST_GAP) < 0 ? every : LEAST_GAP, Duration.ZERO),
                  StopSignals.stop())
          ? OK
          : TROUBLE;
    } catch (IcmpUnavailableException e) {
      flags.report(String.valueOf(e.getMessage()));
      return MISTAKE;
    }
  }

  private static PingerOptions options(TypedFlags flags) {
    PingerOptions options = PingerOptions.defaults().withText("rollcall ping");
    return options
        .withPacketsPerSecond(flags.value("--rate", RATE).orElse(options.packetsPerSecond()))
        .withPayload(flags.value("--size", SIZE).orElse(options.payload()))
        .withTtl(flags.value("--ttl", TTL).orElse(options.ttl()));
  }

  private static PingRun.Form form(TypedFlags flags, PingPlan plan, List<String> sweeps) {
    if (flags.has("--json")) {
      return PingRun.Form.JSON;
    }
    if (!sweeps.isEmpty()) {
      return PingRun.Form.SWEEP;
    }
    return plan.targets().size() > 1 && !flags.has("--quiet") && Terminal.isThere()
        ? PingRun.Form.TABLE
        : PingRun.Form.LINES;
  }

  private static List<PingPlan.Target> targets(TypedFlags flags, List<String> sweeps) {
    List<String> hosts = flags.given().matchedPositionalValue(0, List.of());
    if (hosts.isEmpty() && sweeps.isEmpty()) {
      flags
          .mistakes()
          .add("HOST", "is missing: name a host, or a block of addresses with --sweep CIDR");
    }
    List<PingPlan.Target> targets = new ArrayList<>();
    for (String host : hosts) {
      flags.address(host).ifPresent(address -> targets.add(new PingPlan.Target(host, address)));
    }
    for (String sweep : sweeps) {
      try {
        addAll(Addresses.block(sweep), targets);
      } catch (IllegalArgumentException e) {
        flags.mistakes().add("--sweep", sweep, String.valueOf(e.getMessage()));
      }
    }
    return targets;
  }

  /// All addresses of a block, without the network's own and the broadcast address.
  private static void addAll(IPAddress block, List<PingPlan.Target> targets) {
    if (block.getCount().compareTo(BigInteger.valueOf(LARGEST_SWEEP)) > 0) {
      throw new IllegalArgumentException("has more than 65536 addresses: give a smaller block");
    }
    boolean whole = !block.isIPv4() || block.getCount().intValueExact() <= 2;
    Iterator<? extends IPAddress> addresses = block.iterator();
    for (int i = 0; addresses.hasNext(); i++) {
      InetAddress address = addresses.next().toInetAddress();
      if (whole || (i > 0 && addresses.hasNext())) {
        targets.add(
            new PingPlan.Target(Addresses.text(Addresses.of(address.getAddress())), address));
      }
    }
  }
}
