package dev.rollcall.server.http;

import java.util.Optional;
import java.util.Set;

/// A method that a route can have. HEAD and OPTIONS follow from the routes and are never listed.
public enum Method {
  GET,
  POST,
  PUT,
  PATCH,
  DELETE;

  private static final Set<String> OTHERS = Set.of("CONNECT", "OPTIONS", "TRACE");

  /// Whether RFC 9110 or 5789 defines a method of this name.
  static boolean isKnown(String name) {
    return named(name).isPresent() || OTHERS.contains(name);
  }

  /// The method that answers requests with this name. HEAD is answered as GET without a body.
  static Optional<Method> named(String name) {
    return switch (name) {
      case "GET", "HEAD" -> Optional.of(GET);
      case "POST" -> Optional.of(POST);
      case "PUT" -> Optional.of(PUT);
      case "PATCH" -> Optional.of(PATCH);
      case "DELETE" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
