package dev.rollcall.server.node;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.node.Measurement.TraceMethod;
import inet.ipaddr.IPAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The settings of a measuring node.
///
/// @param node its name, by which servers know it
/// @param output where the results go; empty: to the collector of this process
/// @param input where targets are asked for; empty: the pool of this process, or nowhere if there
///   are `targets`
/// @param token what servers require
/// @param targets addresses and host names of its own
/// @param every time between two measurements of these
/// @param ping how a target is measured
/// @param rate the most packets a second
/// @param families the addresses that are measured
/// @param allowed special blocks that a pool may assign
/// @param denied blocks that are never measured
/// @param optOut a file of addresses and blocks that are never measured; absolute
/// @param spool where results wait; absolute
/// @param mostBytes the largest size of what waits there
public record NodeSettings(
    String node,
    Optional<Output> output,
    Optional<URI> input,
    Optional<Secret> token,
    List<String> targets,
    Duration every,
    PingSettings ping,
    int rate,
    Families families,
    Blocks allowed,
    Blocks denied,
    Optional<Path> optOut,
    Path spool,
    long mostBytes) {
  /// How a target is measured.
  ///
  /// @param count packets of a ping
  /// @param interval time between two of them
  /// @param timeout how long an answer may take
  /// @param trace how routes are traced
  /// @param maxTtl the largest TTL of a trace
  /// @param attempts how often a hop that does not answer is asked
  public record PingSettings(
      int count, Duration interval, Duration timeout, TraceMethod trace, int maxTtl, int attempts) {
    /// After so many hops in a row without an answer, a traceroute ends.
    static final int SILENT_HOPS = 8;

    /// The packets that a target takes that does not answer, nor the routers on the way.
    public int silentPackets() {
      return count + (trace == TraceMethod.OFF ? 0 : Math.min(maxTtl, SILENT_HOPS) * attempts);
    }

    /// About the longest time that one target takes, if it and the routers on the way do not answer
    /// and nothing has to wait for the rate.
    public Duration longest() {
      Duration ping = interval.multipliedBy(count - 1L).plus(timeout);
      return trace == TraceMethod.OFF ? ping : ping.plus(timeout.multipliedBy(2L * attempts));
    }
  }

  /// Which addresses are measured.
  public enum Families {
    BOTH,
    IPV4,
    IPV6;

    boolean include(IPAddress address) {
      return this == BOTH || address.isIPv4() == (this == IPV4);
    }
  }

  /// The section of these settings; the file of a node may leave it out.
  public static final String SECTION = "measure";

  /// The port of its health.
  public static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "measure.health-port",
          ValueType.port(),
          "8092",
          "port of the node's /health, /ready, /_health and /metrics; 0 means any free port");

  /// Its name.
  public static final Setting<Optional<String>> NODE =
      Setting.of(
          "measure.node",
          ValueType.optional(new ValueType<>("NAME", NodeSettings::name)),
          "",
          "name by which pool and collector know this node; without it that of the machine");

  /// Where results go.
  public static final Setting<Output> OUTPUT =
      Setting.of(
          "measure.output-file",
          new ValueType<>("URL|PATH|-", Output::parse),
          "http://localhost:8081/results",
          "where results go: a URL is posted to, to a file JSON lines are appended, - prints them;"
              + " serve has its own collector unless it is set");

  /// Where targets come from.
  public static final Setting<URI> INPUT =
      Setting.of(
          "measure.input-url",
          new ValueType<>("URL", NodeSettings::pool),
          "http://localhost:8080/next",
          "where targets are asked for; serve has its own pool unless it is set");

  /// What servers require.
  public static final Setting<Optional<Secret>> TOKEN =
      Setting.of(
              "measure.token",
              ValueType.optional(ValueType.token()),
              "",
              "token for pool and collector, with which they register this node: theirs, or an API"
                  + " token of an operator with the scope results; without it that of token")
          .secret();

  /// Targets of its own.
  public static final Setting<List<String>> TARGETS =
      Setting.of(
          "measure.targets",
          ValueType.list(new ValueType<>("HOST", NodeSettings::target)),
          "",
          "addresses and host names that this node measures by itself; with these a pool is asked"
              + " only if measure.input-url is set");

  private static final Setting<Duration> EVERY =
      Setting.of(
          "measure.every",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "5m",
          "time between two measurements of measure.targets");
  private static final Setting<Integer> COUNT =
      Setting.of("measure.count", ValueType.number(1, 100), "4", "packets of a ping");
  private static final Setting<Duration> INTERVAL =
      Setting.of(
          "measure.interval",
          ValueType.duration(Duration.ofMillis(10), Duration.ofMinutes(1)),
          "1s",
          "time between two packets to one target");
  private static final Setting<Duration> TIMEOUT =
      Setting.of(
          "measure.timeout",
          ValueType.duration(Duration.ofMillis(10), Duration.ofMinutes(1)),
          "2s",
          "how long an answer may take");
  private static final Setting<Integer> RATE =
      Setting.of(
          "measure.rate",
          ValueType.number(1, 1_000_000),
          "1000",
          "most packets a second, whatever the pool asks for");
  private static final Setting<TraceMethod> TRACEROUTE =
      Setting.of(
          "measure.traceroute",
          ValueType.choice(TraceMethod.class),
          "icmp",
          "packets with which routes are traced");
  private static final Setting<Integer> MAX_TTL =
      Setting.of("measure.max-ttl", ValueType.number(1, 64), "30", "largest TTL of a traceroute");
  private static final Setting<Integer> ATTEMPTS =
      Setting.of(
          "measure.attempts",
          ValueType.number(1, 8),
          "2",
          "how often a traceroute asks a hop that does not answer");
  private static final Setting<Families> FAMILIES =
      Setting.of(
          "measure.families",
          ValueType.choice(Families.class),
          "both",
          "which addresses are measured");
  private static final Setting<List<IPAddress>> ALLOW =
      Setting.of(
          "measure.allow",
          ValueType.list(ValueType.block()),
          "",
          "blocks that a pool may assign even if they are private, loopback or reserved");
  private static final Setting<List<IPAddress>> DENY =
      Setting.of(
          "measure.deny",
          ValueType.list(ValueType.block()),
          "",
          "blocks that this node never measures");
  private static final Setting<Optional<Path>> OPT_OUT =
      Setting.of(
          "measure.opt-out",
          ValueType.optional(ValueType.path()),
          "",
          "file of addresses and blocks that this node never measures; read again when it changes");
  private static final Setting<Integer> SPOOL =
      Setting.of(
          "measure.spool-mb",
          ValueType.number(1, 1_000_000),
          "100",
          "size in MiB of results, compressed, that wait for a collector that is down; beyond it"
              + " the oldest are dropped");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL =
      List.of(
          HEALTH_PORT,
          NODE,
          OUTPUT,
          INPUT,
          TOKEN,
          TARGETS,
          EVERY,
          COUNT,
          INTERVAL,
          TIMEOUT,
          RATE,
          TRACEROUTE,
          MAX_TTL,
          ATTEMPTS,
          FAMILIES,
          ALLOW,
          DENY,
          OPT_OUT,
          SPOOL);

  private static final long MEBIBYTE = 1024 * 1024;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public NodeSettings {
    targets = List.copyOf(targets);
  }

  /// The settings with these values.
  ///
  /// @param alone whether this process is only a node: then the defaults of the URLs apply
  /// @param token the token if there is none for the node
  /// @param directory where relative paths start
  /// @param data the folder for data
  public static NodeSettings of(
      Values values, boolean alone, Optional<Secret> token, Path directory, Path data) {
    List<String> targets = values.of(TARGETS);
    boolean asks = values.gives(INPUT) || (alone && targets.isEmpty());
    return new NodeSettings(
        values.of(NODE).orElseGet(NodeSettings::machine),
        alone || values.gives(OUTPUT)
            ? Optional.of(values.of(OUTPUT)).map(output -> within(output, directory))
            : Optional.empty(),
        asks ? Optional.of(values.of(INPUT)) : Optional.empty(),
        values.of(TOKEN).or(() -> token),
        targets,
        values.of(EVERY),
        new PingSettings(
            values.of(COUNT),
            values.of(INTERVAL),
            values.of(TIMEOUT),
            values.of(TRACEROUTE),
            values.of(MAX_TTL),
            values.of(ATTEMPTS)),
        values.of(RATE),
        values.of(FAMILIES),
        new Blocks(values.of(ALLOW)),
        new Blocks(values.of(DENY)),
        values.of(OPT_OUT).map(list -> directory.resolve(list).toAbsolutePath()),
        data.resolve("spool"),
        values.of(SPOOL) * MEBIBYTE);
  }

  private static Output within(Output output, Path directory) {
    return output instanceof Output.Append(Path file)
        ? new Output.Append(directory.resolve(file).toAbsolutePath())
        : output;
  }

  /// Whether a text may be the name of a node.
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  private static String name(String text) {
    if (!isName(text)) {
      throw new IllegalArgumentException(
          "is no name of a node: give 1 to 64 letters, digits, '.', '_' and '-', and begin with a"
              + " letter or digit");
    }
    return text;
  }

  /// The name of this machine, as far as it may be the name of a node.
  private static String machine() {
    String name = "";
    try {
      name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      // as if it had none
    }
    String fit = name.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[^A-Za-z0-9]+", "");
    String cut = fit.substring(0, Math.min(fit.length(), 64));
    return cut.isEmpty() ? "node" : cut;
  }

  private static String target(String text) {
    if (Addresses.parse(text).isEmpty()) {
      ValueType.host().parse(text);
      if (text.contains(":") || text.matches("[0-9.]+")) {
        throw new IllegalArgumentException(
            "is neither an address nor the name of a host: write it without port and zone");
      }
    }
    return text;
  }

  /// A URL without a path is that of a pool.
  private static URI pool(String text) {
    URI url = url(text, "http://localhost:8080/next");
    String path = url.getRawPath();
    return path == null || path.isEmpty() || path.equals("/") ? url.resolve("/next") : url;
  }

  /// An HTTP URL without credentials, query and fragment.
  static URI url(String text, String example) {
    try {
      URI url = URI.create(text);
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https"))
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "is no URL that can be used here: write it as " + example + ", without a query");
  }
}
