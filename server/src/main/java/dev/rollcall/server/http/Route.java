package dev.rollcall.server.http;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A route: methods and path, who may call it, and its handler.
///
/// @param methods at least one; GET also answers HEAD, unless [#withoutHead] was called
/// @param path begins with `/`; a segment is literal or a parameter, as in
///   `/v1/services/{id}/events`
/// @param access who may call it
/// @param bodyLimit the largest body in bytes, before and after decompression: 0 to
///   [#LARGEST_BODY], or [#ANY_BODY]
/// @param errors how errors of this route are written
/// @param head whether GET also answers HEAD
/// @param waits whether it waits for another server: it does not count among the few reads that are
///   processed at a time
/// @param believes whether it may be called by who only was known to be an account: see
///   [#believing]
/// @param handler answers the requests
public record Route(
    Set<Method> methods,
    String path,
    Access access,
    int bodyLimit,
    ErrorShape errors,
    boolean head,
    boolean waits,
    boolean believes,
    Handler handler) {
  /// 64 KiB: the limit of a route that sets none.
  public static final int DEFAULT_BODY = 64 * 1024;

  /// 16 MiB: the largest limit of a route.
  public static final int LARGEST_BODY = 16 * 1024 * 1024;

  /// For a route that reads only the beginning of a body, and accepts any length.
  public static final int ANY_BODY = Integer.MAX_VALUE;

  private static final Pattern PATH =
      Pattern.compile("/|(/([A-Za-z0-9._~-]+|\\{[a-z][A-Za-z0-9_]*}))+");

  public Route {
    if (methods.isEmpty()) {
      throw new IllegalArgumentException("route " + path + " has no method");
    }
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "route path '" + path + "' is not of the form /literal/{parameter}");
    }
    if (bodyLimit < 0 || (bodyLimit > LARGEST_BODY && bodyLimit != ANY_BODY)) {
      throw new IllegalArgumentException(
          "body limit " + bodyLimit + " of " + path + " is not 0 to " + LARGEST_BODY);
    }
    methods = Set.copyOf(methods);
  }

  /// A route for several methods.
  public static Route of(Set<Method> methods, String path, Access access, Handler handler) {
    return new Route(
        methods, path, access, DEFAULT_BODY, ErrorShape.ENVELOPE, true, false, false, handler);
  }

  /// A route for GET, and so for HEAD.
  public static Route get(String path, Access access, Handler handler) {
    return of(EnumSet.of(Method.GET), path, access, handler);
  }

  /// A route for GET whose answers take long to read and write, such as lists. It runs on threads
  /// that checks and short answers do not need.
  public static Route list(String path, Access access, Handler handler) {
    return get(path, access, ListThreads.handler(handler));
  }

  /// A route for POST.
  public static Route post(String path, Access access, Handler handler) {
    return of(EnumSet.of(Method.POST), path, access, handler);
  }

  /// A route for PATCH.
  public static Route patch(String path, Access access, Handler handler) {
    return of(EnumSet.of(Method.PATCH), path, access, handler);
  }

  /// A route for DELETE.
  public static Route delete(String path, Access access, Handler handler) {
    return of(EnumSet.of(Method.DELETE), path, access, handler);
  }

  /// The same route with another limit of its body, in bytes.
  public Route withBodyLimit(int bytes) {
    return new Route(methods, path, access, bytes, errors, head, waits, believes, handler);
  }

  /// The same route with another way to write its errors.
  public Route withErrors(ErrorShape shape) {
    return new Route(methods, path, access, bodyLimit, shape, head, waits, believes, handler);
  }

  /// The same route with its handler inside another.
  public Route around(UnaryOperator<Handler> wrapped) {
    return new Route(
        methods, path, access, bodyLimit, errors, head, waits, believes, wrapped.apply(handler));
  }

  /// The same route, but HEAD does not call its GET, because that changes something.
  public Route withoutHead() {
    return new Route(methods, path, access, bodyLimit, errors, false, waits, believes, handler);
  }

  /// The same route, which waits for another server. Its handler limits how many wait.
  public Route waiting() {
    return new Route(methods, path, access, bodyLimit, errors, head, true, believes, handler);
  }

  /// The same route, which may be called with what was known to be valid a while ago, while nobody
  /// can say whether it still is. Only for what can neither read, change nor delete anything that
  /// is there, and is worse if it is lost than if it should not have been.
  public Route believing() {
    return new Route(methods, path, access, bodyLimit, errors, head, waits, true, handler);
  }

  /// `GET /v1/services PUBLIC`: a line in a table of all routes.
  @Override
  public String toString() {
    return methods.stream().sorted().map(Method::name).collect(Collectors.joining(","))
        + " "
        + path
        + " "
        + access;
  }
}
