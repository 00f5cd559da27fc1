package dev.rollcall.server.http;

/// Whom a listener asks who called, for each kind of route.
///
/// @param operators for [Access#OPERATOR], and for [Access#PUBLIC] where a handler asks
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
