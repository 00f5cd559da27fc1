package dev.rollcall.server.redis;

import dev.rollcall.server.config.Secret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where Redis is. Its text is used in messages and contains no password.
///
/// @param hosts the server; with Sentinel, all sentinels
/// @param master the name of the master that the sentinels watch; empty: no Sentinel
/// @param tls whether to speak TLS, also with the sentinels
/// @param authorities a PEM file with the certificates that sign the server's; empty: those of the
///   JDK
/// @param user empty: the default user
/// @param password of the server; empty: none
/// @param sentinelPassword of the sentinels; empty: none
/// @param database its number
public record RedisLocation(
    List<Host> hosts,
    Optional<String> master,
    boolean tls,
    Optional<Path> authorities,
    String user,
    Secret password,
    Secret sentinelPassword,
    int database) {
  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26_379;
  private static final int MOST_DATABASE = 65_535;
  private static final Pattern URL =
      Pattern.compile(
          "(rediss?)(-sentinel)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?@]+)(/[^?]*)?(?:\\?(.*))?");
  private static final Pattern HOST =
      Pattern.compile("([^:@#\\[\\]\\s]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");
  private static final String FORM =
      "is no Redis: write redis://user:password@host:6379/0, rediss:// for TLS, or"
          + " redis-sentinel://host1,host2,host3/mastername";

  /// A host and its port.
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }
  }

  public RedisLocation {
    hosts = List.copyOf(hosts);
  }

  /// Parses `redis://`, `rediss://`, `redis-sentinel://` and `rediss-sentinel://`. The path is the
  /// number of the database; with Sentinel, the name of the master comes before it, or is the
  /// parameter `sentinelMasterId`. Further parameters: `ca`, a PEM file, and `sentinelPassword`.
  ///
  /// @throws IllegalArgumentException as a setting's type does: a phrase without secrets
  public static RedisLocation parse(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      throw new IllegalArgumentException(FORM);
    }
    boolean sentinel = url.group(2) != null;
    List<Host> hosts = new ArrayList<>();
    for (String host : url.group(5).split(",", -1)) {
      hosts.add(host(host, sentinel ? SENTINEL_PORT : PORT));
    }
    if (!sentinel && hosts.size() > 1) {
      throw new IllegalArgumentException(
          "names several hosts: write redis-sentinel:// and the name of the master, as in"
              + " redis-sentinel://host1,host2/mastername");
    }
    String path = url.group(6) == null ? "" : url.group(6).substring(1);
    String master = "";
    Optional<Path> authorities = Optional.empty();
    String sentinelPassword = "";
    for (String parameter : url.group(7) == null ? new String[0] : url.group(7).split("&")) {
      String value = decoded(parameter.substring(parameter.indexOf('=') + 1));
      switch (parameter.replaceFirst("=.*", "")) {
        case "sentinelMasterId" -> master = value;
        case "ca" -> authorities = Optional.of(Path.of(value));
        case "sentinelPassword" -> sentinelPassword = value;
        default ->
            throw new IllegalArgumentException(
                "has a parameter that is not known here: there are ca, sentinelMasterId and"
                    + " sentinelPassword");
      }
    }
    if (sentinel && master.isEmpty()) {
      master = decoded(path.replaceFirst("/.*", ""));
      path = path.contains("/") ? path.substring(path.indexOf('/') + 1) : "";
    }
    if (sentinel && master.isEmpty()) {
      throw new IllegalArgumentException(
          "does not name the master: write redis-sentinel://host1,host2/mastername");
    }
    if (!path.matches("\\d{0,5}") || (!path.isEmpty() && Integer.parseInt(path) > MOST_DATABASE)) {
      throw new IllegalArgumentException("does not end in the number of a database: " + FORM);
    }
    boolean alone = url.group(4) == null && url.group(3) != null;
    return new RedisLocation(
        hosts,
        sentinel ? Optional.of(master) : Optional.empty(),
        url.group(1).equals("rediss"),
        authorities,
        alone ? "" : decoded(url.group(3)),
        new Secret(decoded(alone ? url.group(3) : url.group(4))),
        new Secret(sentinelPassword),
        path.isEmpty() ? 0 : Integer.parseInt(path));
  }

  private static Host host(String text, int port) {
    Matcher host = HOST.matcher(text);
    int given = host.matches() && host.group(2) != null ? Integer.parseInt(host.group(2)) : port;
    if (!host.matches() || given < 1 || given > 65_535) {
      throw new IllegalArgumentException(FORM);
    }
    return new Host(host.group(1).replaceAll("[\\[\\]]", ""), given);
  }

  private static String decoded(@Nullable String part) {
    return part == null ? "" : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return (tls ? "rediss" : "redis")
        + (master.isPresent() ? "-sentinel" : "")
        + "://"
        + hosts.stream().map(Host::toString).collect(Collectors.joining(","))
        + master.map(name -> "/" + name).orElse("")
        + (database == 0 ? "" : "/" + database);
  }
}
