package dev.rollcall.server.app;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.heartbeat.HeartbeatSettings;
import dev.rollcall.server.http.BasePath;
import dev.rollcall.server.node.NodeSettings;
import inet.ipaddr.IPAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The ports of a process, and who may call what there.
///
/// @param main the port of the API and the pages
/// @param health the port of `/health`, `/ready` and `/metrics`
/// @param pings a port for heartbeats only
/// @param token the token for management and for sending
/// @param writers who may send heartbeats, and measurements without the token; none: everybody
/// @param proxies the proxies whose `X-Forwarded-For` is trusted
/// @param base below which everything on the main port and the port for heartbeats is
/// @param publicUrl where browsers find the pages, if it is known
/// @param requestsOfOne how many requests for pages and API one address may have at once
/// @param accessLog whether each request is logged
/// @param drain how long requests are still answered after the signal to stop
record WebSettings(
    Listener main,
    Listener health,
    Optional<Listener> pings,
    Optional<Secret> token,
    Blocks writers,
    Blocks proxies,
    BasePath base,
    Optional<URI> publicUrl,
    int requestsOfOne,
    boolean accessLog,
    Duration drain) {
  private static final Duration LONGEST_DRAIN = Duration.ofMinutes(10);

  static final Setting<String> HOST =
      Setting.of(
              "host",
              ValueType.host(),
              "0.0.0.0",
              "address to listen on; 0.0.0.0 means all addresses, IPv6 included")
          .alias("API_DOMAIN", WebSettings::listeningHost);
  static final Setting<Integer> PORT =
      Setting.of(
              "port",
              ValueType.port(),
              "8080",
              "port of the API and the pages; 0 means any free port")
          .alias("API_PORT", Optional::of);
  static final Setting<BasePath> BASE_PATH =
      Setting.of(
          "base-path",
          new ValueType<>("PATH", BasePath::new),
          "",
          "path below which everything but the health port is, such as /rollcall, for a"
              + " proxy that shares its host");
  static final Setting<Optional<URI>> PUBLIC_URL =
      Setting.of(
              "public-url",
              ValueType.optional(new ValueType<>("URL", WebSettings::checkedUrl)),
              "",
              "URL at which browsers reach the pages, base-path included, such as"
                  + " https://status.example.org; needed for single sign-on and links in messages")
          .atOnce();
  static final Setting<Optional<String>> HEALTH_HOST =
      Setting.of(
          "health.host",
          ValueType.optional(ValueType.host()),
          "",
          "address of the health port; without it that of host");
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "health.port",
          ValueType.port(),
          "8091",
          "port of /health, /ready and /metrics; 0 means any free port");
  static final Setting<Optional<Secret>> TOKEN =
      Setting.of(
              "token",
              ValueType.optional(ValueType.token()),
              "",
              "token for management and for sending measurements; without it only this"
                  + " machine may manage, and everybody may send")
          .secret();
  static final Setting<Duration> DRAIN =
      Setting.of(
          "drain",
          ValueType.duration(Duration.ZERO, LONGEST_DRAIN),
          "0s",
          "how long requests are still answered after SIGTERM, while /ready says 503, so that load"
              + " balancers send them elsewhere; 5s is usual behind one");
  private static final Setting<List<IPAddress>> WRITERS =
      Setting.of(
          "writers",
          ValueType.list(ValueType.block()),
          "",
          "networks that may send heartbeats, and measurements without a token;"
              + " without any: all");
  private static final Setting<List<IPAddress>> TRUSTED_PROXIES =
      Setting.of(
          "trusted-proxies",
          ValueType.list(ValueType.block()),
          "",
          "networks of proxies whose X-Forwarded-For is trusted, for limits per"
              + " address, for writers and in the log; without any the address of the"
              + " connection counts");
  private static final Setting<Integer> REQUESTS_OF_ONE =
      Setting.of(
          "requests-per-address",
          ValueType.number(1, 1024),
          "256",
          "requests for pages and API at once from one address, on each port; more get 503");

  /// Who may call, for all commands, in the order of the help.
  static final List<Setting<?>> CALLERS = List.of(WRITERS, TRUSTED_PROXIES, REQUESTS_OF_ONE);

  /// The settings with these values.
  static WebSettings of(String command, Values values) {
    return new WebSettings(
        main(command, values),
        health(command, values),
        pings(command, values),
        token(command, values),
        new Blocks(values.of(WRITERS)),
        new Blocks(values.of(TRUSTED_PROXIES)),
        command.equals(AllSettings.SERVE) ? values.of(BASE_PATH) : BasePath.ROOT,
        values.of(PUBLIC_URL),
        values.of(REQUESTS_OF_ONE),
        values.of(LogSettings.ACCESS),
        command.equals(AllSettings.SERVE) ? values.of(DRAIN) : Duration.ZERO);
  }

  /// Adds a mistake for each two ports that cannot both be opened, and for a public URL that leads
  /// elsewhere than to the pages.
  static void contradictions(String command, Values values, Mistakes mistakes) {
    Setting<Integer> port = port(command);
    Setting<Integer> healthPort = healthPort(command);
    Listener main = main(command, values);
    Listener health = health(command, values);
    Optional<Listener> pings = pings(command, values);
    if (pings.isPresent() && pings.get().clashes(main)) {
      twice(HeartbeatSettings.PORT, port, values, mistakes);
    } else if (pings.isPresent() && pings.get().clashes(health)) {
      twice(HeartbeatSettings.PORT, healthPort, values, mistakes);
    }
    Optional<URI> url = values.of(PUBLIC_URL);
    String base = values.of(BASE_PATH).text();
    if (command.equals(AllSettings.SERVE) && !url.map(URI::getRawPath).orElse(base).equals(base)) {
      values.misfit(
          PUBLIC_URL,
          "does not end as base-path does: end it with \"" + base + "\", or change base-path",
          mistakes);
    }
    if (command.equals(AllSettings.MEASURE)) {
      return; // it has no other port
    }
    if (main.clashes(health) && values.gives(healthPort)) {
      twice(healthPort, port, values, mistakes);
    } else if (main.clashes(health)) {
      twice(port, healthPort, values, mistakes);
    }
  }

  /// The URL without a slash at its end.
  private static URI checkedUrl(String text) {
    try {
      URI uri = URI.create(text.replaceFirst("/+$", ""));
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("https") || scheme.equals("http"))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "is no URL of a site: write it as https://status.example.org, without a query");
  }

  private static void twice(Setting<?> wrong, Setting<?> other, Values values, Mistakes mistakes) {
    values.misfit(wrong, "is that of " + other.key() + " too: give one of them another", mistakes);
  }

  private static Setting<Integer> port(String command) {
    return switch (command) {
      case AllSettings.COLLECT -> CollectSettings.PORT;
      case AllSettings.TARGETS -> TargetsSettings.PORT;
      default -> PORT;
    };
  }

  private static Setting<Integer> healthPort(String command) {
    return switch (command) {
      case AllSettings.COLLECT -> CollectSettings.HEALTH_PORT;
      case AllSettings.TARGETS -> TargetsSettings.HEALTH_PORT;
      case AllSettings.MEASURE -> NodeSettings.HEALTH_PORT;
      default -> HEALTH_PORT;
    };
  }

  private static Optional<Secret> token(String command, Values values) {
    return command.equals(AllSettings.COLLECT)
        ? values.of(CollectSettings.TOKEN).or(() -> values.of(TOKEN))
        : values.of(TOKEN);
  }

  /// The main port of a command.
  static Listener main(String command, Values values) {
    return new Listener(
        values.of(HOST), values.of(port(command)), values.way(port(command), command));
  }

  private static Listener health(String command, Values values) {
    return new Listener(
        values.of(HEALTH_HOST).orElse(values.of(HOST)),
        values.of(healthPort(command)),
        values.way(healthPort(command), command));
  }

  private static Optional<Listener> pings(String command, Values values) {
    if (!command.equals(AllSettings.SERVE)) {
      return Optional.empty();
    }
    String way = values.way(HeartbeatSettings.PORT, command);
    return values.of(HeartbeatSettings.PORT).map(port -> new Listener(values.of(HOST), port, way));
  }

  /// `API_DOMAIN` is the name by which a service is reached. An address or `localhost` can also be
  /// listened on. Any other name may be that of a load balancer, and says nothing about this
  /// machine.
  private static Optional<String> listeningHost(String domain) {
    ValueType.host().parse(domain);
    boolean address =
        domain.equals("localhost") || domain.contains(":") || domain.matches("[0-9.]+");
    return address ? Optional.of(domain) : Optional.empty();
  }
}
