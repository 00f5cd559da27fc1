package dev.rollcall.server.http;

/// The authenticators of a listener, for each kind of route.
///
/// @param operators for [Access#OPERATOR] and [Access#USER], and for [Access#PUBLIC] if the handler
///   asks
/// @param senders for [Access#SENDER]
/// @param pings for [Access#PING]
/// @param believing the same for routes that believe what was valid a while ago ([Route#believing])
/// @param accounts for [Access#ACCOUNT]
public record Authenticators(
    Authenticator operators,
    Authenticator senders,
    Authenticator pings,
    Authenticator believing,
    Authenticator accounts) {
  /// The authenticators of a listener without accounts.
  public Authenticators(Authenticator operators, Authenticator senders, Authenticator pings) {
    this(operators, senders, pings, pings, _ -> new Authenticator.Finding.Nothing());
  }

  Authenticator of(Route route) {
    return switch (route.access()) {
      case ACCOUNT -> accounts;
      case PUBLIC, USER, OPERATOR -> operators;
      case SENDER -> senders;
      case PING -> route.believes() ? believing : pings;
    };
  }
}
