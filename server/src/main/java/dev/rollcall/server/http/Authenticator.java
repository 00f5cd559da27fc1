package dev.rollcall.server.http;

import java.util.List;

/// One way to find out who sent a request.
@FunctionalInterface
public interface Authenticator {
  /// What an authenticator found.
  sealed interface Finding {
    record Known(Caller caller) implements Finding {}

    /// The credentials are not valid here, or are missing: 401.
    record Unknown(String reason) implements Finding {}

    /// The caller would be known, but a web page or a proxy could call in the same way: 403.
    record Doubtful(String reason) implements Finding {}

    /// The request has nothing that this authenticator reads.
    record Nothing() implements Finding {}
  }

  Finding find(Request request);

  /// Returns the finding of the first one that knows the caller; if none does, the first reason.
  static Authenticator firstOf(Authenticator... authenticators) {
    List<Authenticator> all = List.of(authenticators);
    return request -> {
      Finding first = new Finding.Nothing();
      for (Authenticator each : all) {
        Finding finding = each.find(request);
        if (finding instanceof Finding.Known) {
          return finding;
        }
        first = first instanceof Finding.Nothing ? finding : first;
      }
      return first;
    };
  }

  /// The finding of this one; that of `other` if the request has nothing that this one reads.
  default Authenticator before(Authenticator other) {
    return request -> {
      Finding finding = find(request);
      return finding instanceof Finding.Nothing ? other.find(request) : finding;
    };
  }

  /// Both have to know the caller; the result is that of `other`.
  default Authenticator and(Authenticator other) {
    return request -> {
      Finding finding = find(request);
      return finding instanceof Finding.Known ? other.find(request) : finding;
    };
  }
}
