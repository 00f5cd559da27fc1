package dev.rollcall.server.account.definition;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.time.Duration;
import java.util.List;

/// The settings of accounts.
///
/// @param registration who may register
/// @param shortestPassword in characters
/// @param tokenLifetime how long a token of `POST /login` is valid
/// @param loginsOfAddress how many logins one address may try in a minute
/// @param registrationsOfAddress how many registrations one address may try in a minute
/// @param wrongPasswords how many wrong passwords of one account in a quarter of an hour
/// @param teams how many teams an account may own
/// @param secondFactor of whom a second factor is demanded
/// @param audit how long it is kept who changed what
public record AccountSettings(
    Registration registration,
    int shortestPassword,
    Duration tokenLifetime,
    int loginsOfAddress,
    int registrationsOfAddress,
    int wrongPasswords,
    int teams,
    SecondFactorDemand secondFactor,
    Duration audit) {
  /// Who may register.
  public enum Registration {
    /// Everybody.
    OPEN,
    /// Who has an invitation, or a setup code.
    INVITE,
    /// Who has a setup code.
    CLOSED
  }

  /// Of whom a second factor is demanded.
  public enum SecondFactorDemand {
    /// Of nobody.
    OPTIONAL,
    /// Of operators.
    OPERATORS,
    /// Of everybody.
    EVERYBODY;

    public boolean isDemandedOf(boolean operator) {
      return switch (this) {
        case OPTIONAL -> false;
        case OPERATORS -> operator;
        case EVERYBODY -> true;
      };
    }
  }

  private static final Setting<Registration> REGISTRATION =
      Setting.of(
              "accounts.registration",
              ValueType.choice(Registration.class),
              "open",
              "who may register: open (everybody), invite (who has an invitation) or closed (who"
                  + " has a setup code)")
          .atOnce();
  private static final Setting<Integer> SHORTEST_PASSWORD =
      Setting.of(
          "accounts.password-length",
          ValueType.number(1, 1024),
          "8",
          "characters of a password at least");
  private static final Setting<Duration> TOKEN_LIFETIME =
      Setting.of(
          "accounts.token-lifetime",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
          "15m",
          "how long a token of POST /login is valid");
  private static final Setting<Integer> LOGINS =
      Setting.of(
          "accounts.logins-per-minute",
          ValueType.number(1, 1_000_000),
          "30",
          "logins that one address may try in a minute; more get 429");
  private static final Setting<Integer> REGISTRATIONS =
      Setting.of(
          "accounts.registrations-per-minute",
          ValueType.number(1, 1_000_000),
          "10",
          "registrations that one address may try in a minute; more get 429");
  private static final Setting<Integer> WRONG_PASSWORDS =
      Setting.of(
          "accounts.wrong-passwords",
          ValueType.number(1, 1_000_000),
          "10",
          "wrong passwords of one account in 15 minutes from one address, and ten times as many"
              + " from all; more get 429");
  private static final Setting<Integer> TEAMS =
      Setting.of(
              "accounts.teams",
              ValueType.number(0, 1_000_000),
              "10",
              "teams that one account may own")
          .atOnce();
  private static final Setting<SecondFactorDemand> SECOND_FACTOR =
      Setting.of(
              "accounts.second-factor",
              ValueType.choice(SecondFactorDemand.class),
              "optional",
              "who needs a second factor: optional (nobody), operators or everybody; without one"
                  + " they can only add it on the page /account")
          .atOnce();
  private static final Setting<Duration> AUDIT =
      Setting.of(
          "accounts.audit",
          ValueType.duration(Duration.ofDays(1), Duration.ofDays(36_500)),
          "366d",
          "how long it is kept who changed what");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL =
      List.of(
          REGISTRATION,
          SHORTEST_PASSWORD,
          TOKEN_LIFETIME,
          LOGINS,
          REGISTRATIONS,
          WRONG_PASSWORDS,
          TEAMS,
          SECOND_FACTOR,
          AUDIT);

  /// The settings with these values.
  public static AccountSettings of(Values values) {
    return new AccountSettings(
        values.of(REGISTRATION),
        values.of(SHORTEST_PASSWORD),
        values.of(TOKEN_LIFETIME),
        values.of(LOGINS),
        values.of(REGISTRATIONS),
        values.of(WRONG_PASSWORDS),
        values.of(TEAMS),
        values.of(SECOND_FACTOR),
        values.of(AUDIT));
  }
}
