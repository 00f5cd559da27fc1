package dev.rollcall.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/// The request line and headers of a request.
///
/// @param method any token
/// @param path as it was sent: percent-encoded, raw bytes read as UTF-8; `*` for the server itself
/// @param query the text after the `?`, as it was sent
/// @param host the host that the client called: that of the target if it has one, otherwise `Host`
/// @param version 1.0 or 1.1
record RequestHead(
    String method, String path, String query, String host, HttpVersion version, HttpFields fields) {
  private static final Pattern SCHEME = Pattern.compile("(?i)https?://");

  /// Reads the target in each of its forms (RFC 9112, section 3.2). A host in the target takes
  /// precedence over the header.
  ///
  /// @throws MalformedRequest if it has none of these forms
  static RequestHead of(String method, String target, HttpVersion version, HttpFields fields) {
    String host = fields.get(HttpHeader.HOST);
    host = host == null ? "" : host;
    String rest = target;
    Matcher scheme = SCHEME.matcher(rest);
    if (scheme.lookingAt()) {
      int end = scheme.end();
      while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
        end++;
      }
      host = rest.substring(scheme.end(), end);
      rest = rest.substring(end);
      if (!rest.startsWith("/")) {
        rest = (method.equals("OPTIONS") ? "*" : "/") + rest;
      }
      if (host.isEmpty() || host.indexOf('@') >= 0) {
        throw new MalformedRequest(400, "the request target does not name a host as it should");
      }
    }
    int mark = rest.indexOf('?');
    String path = mark < 0 ? rest : rest.substring(0, mark);
    if (!path.startsWith("/") && !(path.equals("*") && method.equals("OPTIONS"))) {
      throw new MalformedRequest(400, "the request target does not begin with /");
    }
    return new RequestHead(
        method, path, mark < 0 ? "" : rest.substring(mark + 1), host, version, fields);
  }

  RequestHead withPath(String other) {
    return new RequestHead(method, other, query, host, version, fields);
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /// Whether the client may send another request on this connection.
  boolean isPersistent() {
    return version == HttpVersion.HTTP_1_1
        ? !fields.contains(HttpHeader.CONNECTION, "close")
        : fields.contains(HttpHeader.CONNECTION, "keep-alive");
  }

  /// Whether the client waits for `100 Continue` before it sends the body. HTTP/1.0 does not have
  /// this.
  boolean expectsContinue() {
    return version == HttpVersion.HTTP_1_1 && fields.contains(HttpHeader.EXPECT, "100-continue");
  }

  boolean hasAcceptEncoding() {
    return fields.contains(HttpHeader.ACCEPT_ENCODING);
  }

  boolean hasBody() {
    return declared() > 0 || fields.contains(HttpHeader.TRANSFER_ENCODING);
  }

  /// `Content-Length`, or 0. The parser has checked that it is a number.
  long declared() {
    return Math.max(0, fields.getLongField(HttpHeader.CONTENT_LENGTH));
  }

  Optional<String> header(String name) {
    if (name.equalsIgnoreCase("Host")) {
      return host.isEmpty() ? Optional.empty() : Optional.of(host);
    }
    @Nullable String value = fields.get(name);
    return Optional.ofNullable(value);
  }

  List<String> headers(String name) {
    List<String> values = new ArrayList<>(2);
    for (HttpField field : fields) {
      if (field.getName().equalsIgnoreCase(name)) {
        values.add(field.getValue() == null ? "" : field.getValue());
      }
    }
    return values;
  }

  List<String> headerNames() {
    return fields.stream().map(HttpField::getName).toList();
  }

  /// `GET /v1/services`: without the query.
  @Override
  public String toString() {
    return method + " " + path;
  }
}
