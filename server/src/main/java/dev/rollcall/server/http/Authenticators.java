package dev.rollcall.server.http;

/// The authenticators of a listener, for each kind of route.
///
/// @param operators for [Access#OPERATOR], and for [Access#PUBLIC] if the handler asks
/// @param senders for [Access#SENDER]
/// @param pings for [Access#PING]
public record Authenticators(Authenticator operators, Authenticator senders, Authenticator pings) {
  Authenticator of(Access access) {
    return switch (access) {
      case PUBLIC, OPERATOR -> operators;
      case SENDER -> senders;
      case PING -> pings;
    };
  }
}
