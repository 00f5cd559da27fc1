package dev.rollcall.server.secret;

import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.util.List;
import java.util.Optional;

/// The setting of the [InstallationKey].
public final class SecretSettings {
  private static final Setting<Optional<Secret>> KEY =
      Setting.of(
              "secret.key",
              ValueType.optional(new ValueType<>("BASE64", InstallationKey::checked)),
              "",
              "32 bytes that encrypt secrets in the database; without it the file secret.key in the"
                  + " data folder, which is made when it is needed")
          .secret();

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(KEY);

  private SecretSettings() {}

  /// The key, if it is given.
  public static Optional<Secret> key(Values values) {
    return values.of(KEY);
  }
}
