package dev.rollcall.server.http;

/// Where a port listens, and how.
///
/// @param host a name or address of this machine; `0.0.0.0` means all
/// @param port 0 to 65535; 0 means any free one
/// @param setting how the operator changes the port: `--port or http.port`
/// @param errors how errors are written if no route is found
/// @param accessLog whether each request is logged by the logger `dev.rollcall.access`
/// @param limits its limits
/// @param proxies the trusted proxies
/// @param base below which all routes are
public record Listening(
    String host,
    int port,
    String setting,
    ErrorShape errors,
    boolean accessLog,
    Limits limits,
    Proxies proxies,
    BasePath base) {
  public Listening {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not 0 to 65535: change " + setting);
    }
  }

  /// The usual limits, errors in the envelope, no access log, no proxies.
  public static Listening on(String host, int port, String setting) {
    return new Listening(
        host,
        port,
        setting,
        ErrorShape.ENVELOPE,
        false,
        Limits.usual(),
        Proxies.NONE,
        BasePath.ROOT);
  }

  /// The same with another way to write errors.
  public Listening withErrors(ErrorShape shape) {
    return new Listening(host, port, setting, shape, accessLog, limits, proxies, base);
  }

  /// The same with the access log on or off.
  public Listening withAccessLog(boolean on) {
    return new Listening(host, port, setting, errors, on, limits, proxies, base);
  }

  /// The same with other limits.
  public Listening withLimits(Limits other) {
    return new Listening(host, port, setting, errors, accessLog, other, proxies, base);
  }

  /// The same behind these proxies.
  public Listening behind(Proxies trusted) {
    return new Listening(host, port, setting, errors, accessLog, limits, trusted, base);
  }

  /// The same with all routes below this path.
  public Listening below(BasePath path) {
    return new Listening(host, port, setting, errors, accessLog, limits, proxies, path);
  }
}
