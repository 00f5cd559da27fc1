package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.owner.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// A request as a handler sees it. It is used by the thread of the request only.
public final class Request {
  /// The memory for each byte of a body: an array that grows.
  private static final int COPIES = 2;

  private static final String FORM = "application/x-www-form-urlencoded";

  /// The parameter that says for which team a request acts.
  private static final String TEAM = "team";

  private final RequestHead head;
  private final Method method;
  private final RouteTable.Found found;
  private final RequestBody body;
  private final InetAddress peer;
  private final InetAddress client;
  private final Authenticator authenticator;
  private Authenticator.@Nullable Finding finding;
  private @Nullable Query query;

  Request(
      RequestHead head,
      Method method,
      RouteTable.Found found,
      RequestBody body,
      InetAddress peer,
      InetAddress client,
      Authenticator authenticator) {
    this.head = head;
    this.peer = peer;
    this.client = client;
    this.authenticator = authenticator;
    this.method = method;
    this.found = found;
    this.body = body;
  }

  /// The method; GET for a HEAD request.
  public Method method() {
    return method;
  }

  /// The decoded segment for `{name}` in the path of the route.
  ///
  /// @throws IllegalArgumentException if the path has no such parameter
  public String path(String name) {
    return found.parameter(name);
  }

  /// The path as it was sent, without the query.
  public String path() {
    return head.path();
  }

  /// A path parameter that is a positive whole number.
  ///
  /// @throws Refusal (400) if it is not
  public long pathNumber(String name) {
    return positive(name, path(name));
  }

  /// A query parameter that may be given once.
  ///
  /// @throws Refusal (400) if it is given more than once
  public Optional<String> query(String name) {
    return query().single(name);
  }

  /// All values of a query parameter, in their order.
  public List<String> queries(String name) {
    return query().all(name);
  }

  /// A query parameter that is a positive whole number.
  ///
  /// @throws Refusal (400) if it is given more than once or is no such number
  public OptionalLong queryNumber(String name) {
    Optional<String> value = query(name);
    return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(positive(name, value.get()));
  }

  /// The value of a header; if it is given several times, the first.
  public Optional<String> header(String name) {
    return head.header(name);
  }

  /// All values of a header, one for each line.
  public List<String> headers(String name) {
    return head.headers(name);
  }

  /// The address of the client: behind a trusted proxy ([Proxies]) the one that the proxy reports,
  /// otherwise that of the other end of the connection, without regard to headers.
  public InetAddress client() {
    return client;
  }

  /// Who called. On a public route it is determined when this is called; a caller who is not known
  /// is anonymous, also with invalid credentials.
  public Caller caller() {
    return finding() instanceof Authenticator.Finding.Known(Caller known)
        ? known
        : new Caller.Anonymous();
  }

  /// Whose rows the caller sees. This is the only place that decides it.
  ///
  /// Only an operator with the token or an account sees everything: one without it may be a
  /// stranger behind a proxy on this machine. Who has no account sees the rows of the operator. Who
  /// has one sees its own, or that of the team for which the request acts (`?team=`).
  ///
  /// @throws Refusal (401) for credentials that are not valid, (403) if the token of the account
  ///   may not be used to read, (400, 401) for a team of who has no account
  public Scope scope() {
    requireValid();
    return switch (caller()) {
      case Caller.User user -> scope(user);
      case Caller.Team(long team, Set<Caller.Permission> permissions) -> {
        requireReading(permissions.contains(Caller.Permission.READ));
        yield Scope.of(team);
      }
      case Caller caller -> {
        refuseTeam(caller);
        yield caller.isOperator() ? Scope.everything() : Scope.operator();
      }
    };
  }

  /// Whoever shows a token expects the rows of its account: those of everybody would look like an
  /// account that has nothing.
  private void requireValid() {
    if (ShownToken.of(this).isPresent()) {
      switch (finding()) {
        case Authenticator.Finding.Unknown(String reason) -> throw Refusal.unauthorized(reason);
        case Authenticator.Finding.Doubtful(String reason) -> throw Refusal.of(403, reason);
        case Authenticator.Finding.Known _, Authenticator.Finding.Nothing _ -> {}
      }
    }
  }

  private void refuseTeam(Caller caller) {
    if (query(TEAM).isEmpty()) {
      return;
    }
    if (caller.isOperator()) {
      throw Refusal.ofParameter(TEAM, "is for accounts: send a token of one");
    }
    throw Refusal.unauthorized("a team is for its members: sign in, or send a token of yours");
  }

  private Scope scope(Caller.User user) {
    requireReading(user.may(Caller.Permission.READ));
    return user.operates() && user.team().isEmpty() ? Scope.everything() : Scope.of(user.owner());
  }

  private void requireReading(boolean may) {
    if (method == Method.GET && !may) {
      throw Refusal.of(403, "this token may not read");
    }
  }

  /// To whom that belongs what the caller sends, whether the caller may read or not: to its
  /// account, or to the team it acts for; all others, and the accounts of operators, send for the
  /// operator.
  public long owner() {
    return switch (caller()) {
      case Caller.User user -> user.owner();
      case Caller.Team(long team, _) -> team;
      case Caller caller -> {
        refuseTeam(caller);
        yield Scope.OPERATOR;
      }
    };
  }

  /// What the authenticator of the route finds.
  Authenticator.Finding finding() {
    Authenticator.Finding found = finding;
    if (found == null) {
      found = authenticator.find(this);
      finding = found;
    }
    return found;
  }

  /// Whether the caller still is who they were when the request began: a session or token may have
  /// ended meanwhile, or a membership of a team. Who was nobody stays that. While the database does
  /// not answer, nothing new is known.
  boolean isStillOfCaller() {
    Authenticator.Finding before = finding;
    if (!(before instanceof Authenticator.Finding.Known)) {
      return true;
    }
    try {
      return authenticator.find(this).equals(before);
    } catch (Refusal e) {
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  /// The header that shows that a page of another site made a browser send this, if there is one.
  /// `Sec-Fetch-Site` comes first: it is also right behind a proxy that changes the Host.
  public Optional<String> otherSite() {
    List<String> sites = headers("Sec-Fetch-Site");
    if (!sites.isEmpty()) {
      return RequestOrigin.areSameSite(sites) ? Optional.empty() : Optional.of("Sec-Fetch-Site");
    }
    String host = header("Host").orElse("").toLowerCase(Locale.ROOT);
    return RequestOrigin.areOf(headers("Origin"), host) ? Optional.empty() : Optional.of("Origin");
  }

  /// The other end of the connection.
  InetAddress peer() {
    return peer;
  }

  /// The whole body, decompressed.
  ///
  /// @throws Refusal 413 if it exceeds the limit of the route, 415 for an encoding other than gzip
  public byte[] body() {
    try (InputStream stream = body.open(COPIES)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The body, decompressed, as a stream. Reading throws as [#body] does.
  public InputStream bodyStream() {
    return body.open();
  }

  /// The body as a JSON tree. It is parsed once it has come whole: one whose end never comes costs
  /// its bytes, and no time.
  ///
  /// @throws Refusal 415 if another content type is stated, 400 with line and column if it is
  ///   malformed, and as [#body] does
  public JsonNode json() {
    header("Content-Type").ifPresent(Request::requireJson);
    return body.tree(body());
  }

  /// The same, for a body that may be missing: an empty object then.
  public JsonNode jsonIfAny() {
    byte[] whole = body();
    if (whole.length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    header("Content-Type").ifPresent(Request::requireJson);
    return body.tree(whole);
  }

  /// The fields of a form that a browser sent (`application/x-www-form-urlencoded`).
  ///
  /// @throws Refusal 415 where the body is something else, 400 where it is malformed or has a
  ///   character that cannot be stored, and those of [#body]
  public Query form() {
    String type = header("Content-Type").map(Request::withoutParameters).orElse("");
    if (!type.equals(FORM)) {
      throw Refusal.of(415, "the body is '" + type + "': send " + FORM).with("Accept", FORM);
    }
    return Query.parse(new String(body(), UTF_8)).storable();
  }

  List<String> headerNames() {
    return head.headerNames();
  }

  private Query query() {
    Query parsed = query;
    if (parsed == null) {
      parsed = Query.parse(head.query());
      query = parsed;
    }
    return parsed;
  }

  private static String withoutParameters(String contentType) {
    int parameters = contentType.indexOf(';');
    return (parameters < 0 ? contentType : contentType.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  private static void requireJson(String contentType) {
    String type = withoutParameters(contentType);
    // curl -d states application/x-www-form-urlencoded for any body. A page of another site can
    // send that too, and is recognized by other headers.
    if (!type.equals("application/json")
        && !type.equals(FORM)
        && !(type.startsWith("application/") && type.endsWith("+json"))) {
      throw Refusal.of(415, "the body is '" + type + "': send application/json")
          .with("Accept", "application/json");
    }
  }

  /// Only digits: no sign, no space, and nothing else that only some parsers accept.
  static long positive(String name, String value) {
    long number = 0;
    boolean good = !value.isEmpty() && value.length() <= 18;
    for (int i = 0; good && i < value.length(); i++) {
      char c = value.charAt(i);
      good = c >= '0' && c <= '9';
      number = number * 10 + (c - '0');
    }
    if (!good || number == 0) {
      throw Refusal.ofParameter(name, "is '" + value + "': a positive whole number is required");
    }
    return number;
  }
}
