package dev.rollcall.server.http;

import java.util.regex.Pattern;

/// The path below which all routes of a port are, if a proxy gives Rollcall a path of its host:
/// `/rollcall`.
///
/// A proxy that removes the path from requests says so with `X-Forwarded-Prefix`. The header is
/// believed from anybody, as anybody may ask for the whole path anyway.
///
/// @param text empty: none
public record BasePath(String text) {
  private static final String REMOVED = "X-Forwarded-Prefix";
  private static final int LONGEST = 200;
  private static final Pattern FORM = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*");

  /// Routes are at the root.
  public static final BasePath ROOT = new BasePath("");

  /// @throws IllegalArgumentException if it does not have the form `/word/word`; the message goes
  ///   on after the value
  public BasePath {
    if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "is no base path: write it as /rollcall, with a slash at the start and none at the end;"
              + " letters, digits and ._~- are allowed");
    }
  }

  /// The path or target of a request for one of a route: `/rollcall/heartbeats` for `/heartbeats`.
  public String link(String path) {
    return text + path;
  }

  /// The request as it was before a proxy removed this path from it.
  RequestHead restored(RequestHead head) {
    if (text.isEmpty() || !head.path().startsWith("/") || contains(head.path())) {
      return head;
    }
    return head.header(REMOVED).filter(text::equals).isPresent()
        ? head.withPath(link(head.path()))
        : head;
  }

  /// Whether the path of a request is below this one.
  boolean contains(String path) {
    return path.startsWith(text)
        && (path.length() == text.length() || path.charAt(text.length()) == '/');
  }
}
