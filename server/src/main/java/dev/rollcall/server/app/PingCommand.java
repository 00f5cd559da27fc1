package dev.rollcall.server.app;

import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.icmp.PingerOptions;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.terminal.PingPlan;
import dev.rollcall.server.terminal.PingRun;
import dev.rollcall.server.terminal.Terminal;
import inet.ipaddr.IPAddress;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final ValueType<Duration> INTERVAL =
      ValueType.duration(Duration.ofMillis(1), Duration.ofDays(1));
  private static final ValueType<Duration> TIMEOUT =
      ValueType.duration(Duration.ofMillis(1), Duration.ofMinutes(10));

  /// The command with its flags.
  CommandSpec spec() {
    return Commands.command(
            "ping",
            "Ping hosts: until Ctrl-C, or --count times. With several hosts at a terminal, show"
                + " a table.",
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
            flag("--sweep", "CIDR", List.class)
                .auxiliaryTypes(String.class)
                .description(
                    "a block of addresses, each of which is pinged once, unless --count says"
                        + " otherwise; can be given several times; 65,536 addresses at most")
                .build())
        .addOption(
            flag("--count", "NUMBER", String.class)
                .description("pings for each host; default: no end, or 1 with --sweep")
                .build())
        .addOption(
            flag("--interval", "DURATION", String.class)
                .description("from one ping of a host to its next; default 1s")
                .build())
        .addOption(
            flag("--timeout", "DURATION", String.class)
                .description("how long to wait for each reply; default 2s")
                .build())
        .addOption(
            flag("--rate", "NUMBER", String.class)
                .description("packets a second at most, to all hosts together; default 1000")
                .build())
        .addOption(
            OptionSpec.builder("--ipv6")
                .arity("0")
                .type(Boolean.class)
                .description("use the IPv6 addresses of names")
                .build())
        .addOption(
            OptionSpec.builder("--json")
                .arity("0")
                .type(Boolean.class)
                .description("print JSON: a line for each result, and one for each host at the end")
                .build());
  }

  private static OptionSpec.Builder flag(String name, String label, Class<?> type) {
    return OptionSpec.builder(name).paramLabel(label).arity("1").type(type);
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    Mistakes mistakes = new Mistakes();
    PrintWriter err = given.commandSpec().commandLine().getErr();
    List<String> sweeps = given.matchedOptionValue("--sweep", List.of());
    Optional<Integer> count = value(given, "--count", COUNT, mistakes);
    Optional<Integer> rate = value(given, "--rate", RATE, mistakes);
    Optional<Duration> interval = value(given, "--interval", INTERVAL, mistakes);
    Optional<Duration> timeout = value(given, "--timeout", TIMEOUT, mistakes);
    List<PingPlan.Target> targets = targets(given, sweeps, mistakes);
    if (!mistakes.isEmpty()) {
      mistakes.lines().forEach(mistake -> err.println("rollcall ping: " + mistake));
      return MISTAKE;
    }
    Duration every = interval.orElse(Duration.ofSeconds(1));
    PingerOptions options =
        PingerOptions.defaults()
            .withText("rollcall ping")
            .withPacketsPerSecond(rate.orElse(1000))
            .withInFlight(Math.clamp(targets.size() * 4L, LEAST_IN_FLIGHT, LARGEST_SWEEP))
            .withGaps(every.compareTo(LEAST_GAP) < 0 ? every : LEAST_GAP, Duration.ZERO);
    PingPlan plan =
        new PingPlan(
            targets,
            count.orElse(sweeps.isEmpty() ? 0 : 1),
            every,
            timeout.orElse(Duration.ofSeconds(2)),
            options.messageBytes());
    PrintWriter out = given.commandSpec().commandLine().getOut();
    try {
      return new PingRun(plan, form(given, plan, sweeps), out).run(options, StopSignals.stop())
          ? OK
          : TROUBLE;
    } catch (IcmpUnavailableException e) {
      err.println("rollcall ping: " + e.getMessage());
      return MISTAKE;
    }
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

  private static PingRun.Form form(ParseResult given, PingPlan plan, List<String> sweeps) {
    if (given.hasMatchedOption("--json")) {
      return PingRun.Form.JSON;
    }
    if (!sweeps.isEmpty()) {
      return PingRun.Form.SWEEP;
    }
    return plan.targets().size() > 1 && Terminal.isThere()
        ? PingRun.Form.TABLE
        : PingRun.Form.LINES;
  }

  private static List<PingPlan.Target> targets(
      ParseResult given, List<String> sweeps, Mistakes mistakes) {
    List<String> hosts = given.matchedPositionalValue(0, List.of());
    if (hosts.isEmpty() && sweeps.isEmpty()) {
      mistakes.add("HOST", "is missing: name a host, or a block of addresses with --sweep CIDR");
    }
    List<PingPlan.Target> targets = new ArrayList<>();
    for (String host : hosts) {
      try {
        targets.add(new PingPlan.Target(host, address(host, given.hasMatchedOption("--ipv6"))));
      } catch (UnknownHostException e) {
        mistakes.add(host, "has no address: check its name, and the name server of this machine");
      }
    }
    for (String sweep : sweeps) {
      try {
        addAll(Addresses.block(sweep), targets);
      } catch (IllegalArgumentException e) {
        mistakes.add("--sweep", sweep, String.valueOf(e.getMessage()));
      }
    }
    return targets;
  }

  private static InetAddress address(String host, boolean ipv6) throws UnknownHostException {
    return Arrays.stream(InetAddress.getAllByName(host))
        .filter(address -> !ipv6 || address instanceof Inet6Address)
        .findFirst()
        .orElseThrow(UnknownHostException::new);
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
