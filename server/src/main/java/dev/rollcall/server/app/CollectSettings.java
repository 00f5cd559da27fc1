package dev.rollcall.server.app;

import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// The settings of the command `collect` that `serve` does not have: `serve` receives results on
/// its own ports, and passes the hops to its own target pool.
///
/// @param inputUrl where new hops are sent
/// @param inputToken the token that is sent with them
record CollectSettings(URI inputUrl, Optional<Secret> inputToken) {
  static final Setting<Integer> PORT =
      Setting.of(
          "collect.port",
          ValueType.port(),
          "8081",
          "port that receives results; 0 means any free port");
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "collect.health-port",
          ValueType.port(),
          "8091",
          "port of /health, /ready, /metrics, /stats and /recent; 0 means any free port");
  static final Setting<URI> INPUT_URL =
      Setting.of(
          "collect.input-url", url(), "http://localhost:8080/hops", "where new hops are sent");
  static final Setting<Optional<Secret>> INPUT_TOKEN =
      Setting.of(
              "collect.input-token",
              ValueType.optional(ValueType.token()),
              "",
              "token for the input service that receives the hops")
          .secret();
  static final Setting<Optional<Secret>> TOKEN =
      Setting.of(
              "collect.token",
              ValueType.optional(ValueType.token()),
              "",
              "token that rollcall collect requires from senders and remote operators;"
                  + " without it that of token")
          .secret();
  static final Setting<Boolean> VERBOSE =
      Setting.of("collect.verbose", ValueType.flag(), "false", "debug log");

  /// All settings, in the order of the documentation.
  static final List<Setting<?>> ALL =
      List.of(PORT, HEALTH_PORT, INPUT_URL, INPUT_TOKEN, TOKEN, VERBOSE);

  /// The settings with these values.
  static CollectSettings of(Values values) {
    return new CollectSettings(values.of(INPUT_URL), values.of(INPUT_TOKEN));
  }

  private static ValueType<URI> url() {
    return new ValueType<>(
        "URL",
        text -> {
          try {
            URI url = URI.create(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getUserInfo() == null) {
              return url;
            }
          } catch (IllegalArgumentException e) {
            // the exception below says it
          }
          throw new IllegalArgumentException(
              "is no URL to post to: write it as http://localhost:8080/hops");
        });
  }
}
