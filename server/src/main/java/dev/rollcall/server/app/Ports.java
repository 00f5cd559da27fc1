package dev.rollcall.server.app;

import static java.util.stream.Collectors.joining;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.heartbeat.routes.HeartbeatKey;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Authenticator;
import dev.rollcall.server.http.Authenticators;
import dev.rollcall.server.http.BasePath;
import dev.rollcall.server.http.CannotListen;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Handler;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.Limits;
import dev.rollcall.server.http.Listening;
import dev.rollcall.server.http.Loopback;
import dev.rollcall.server.http.Proxies;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.SenderNetworks;
import dev.rollcall.server.http.StaticToken;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What all commands have in common that run until they are stopped: a log, two ports, an orderly
/// end.
///
/// @param errors how errors are written if no route is found
/// @param accounts recognizes accounts
/// @param believedAccounts the same on routes that believe what was valid a while ago
/// @param drain what happens between the signal to stop and the end
record Ports(
    ServeSettings settings,
    ErrorShape errors,
    RequestTimes times,
    Authenticator accounts,
    Authenticator believedAccounts,
    Drain drain) {
  private static final Authenticator NO_ACCOUNTS = _ -> new Authenticator.Finding.Nothing();

  /// As long as containers usually get before they are killed. A port waits up to four seconds of
  /// it for requests under way ([dev.rollcall.server.http.Limits]).
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final String UNAVAILABLE =
      "the database is unavailable: the log and /ready on the health port say why";
  private static final System.Logger LOG = System.getLogger(Ports.class.getName());

  /// Ports of a process without accounts.
  Ports(ServeSettings settings, ErrorShape errors, RequestTimes times) {
    this(settings, errors, times, NO_ACCOUNTS, NO_ACCOUNTS, new Drain(settings.web().drain()));
  }

  /// The same ports, with accounts.
  ///
  /// @param believed recognizes them on routes that believe what was valid a while ago
  Ports recognizing(Authenticator accounts, Authenticator believed) {
    return new Ports(settings, errors, times, knownOr503(accounts), knownOr503(believed), drain);
  }

  /// What a process waits for while it runs.
  interface Wish {
    /// Returns when the process has to stop.
    ///
    /// @param open its ports
    void await(Open open) throws InterruptedException;
  }

  /// Opens all parts, in order.
  interface Opening {
    Open open(Parts parts);
  }

  /// The ports of a running process, and their URLs.
  ///
  /// @param listener the main port
  record Open(HttpListener listener, int healthPort, String url, String healthUrl) {
    int port() {
      return listener.port();
    }
  }

  /// Opens, waits until `stop` returns, and closes.
  ///
  /// @return the exit status
  /// @throws CannotRun if a part cannot be opened
  int run(Opening opening, Wish stop) throws InterruptedException {
    Logs.to(System.err, settings.log());
    Parts parts = new Parts(PATIENCE);
    try (parts) {
      parts.await(stop, opening.open(parts));
      drain.pass();
      LOG.log(Level.INFO, "stopping");
    } catch (StorageException | CannotListen e) {
      throw new CannotRun(String.valueOf(e.getMessage()));
    }
    LOG.log(Level.INFO, "stopped");
    return parts.orderly() ? Command.OK : Command.TROUBLE;
  }

  /// Opens the main port and the health port, with the routes of each.
  Open open(Parts parts, List<Route> routes, List<Route> health) {
    return open(parts, errors, routes, health);
  }

  /// Opens the main port and the health port, with the routes of each.
  ///
  /// @param strays how errors are written on the main port if no route is found
  Open open(Parts parts, ErrorShape strays, List<Route> routes, List<Route> health) {
    WebSettings web = settings.web();
    HttpListener main = open(parts, "the main port", web.main(), web.base(), strays, routes);
    HttpListener healthPort =
        open(parts, "the health port", web.health(), BasePath.ROOT, errors, health);
    tellWriters(routes);
    return new Open(
        main,
        healthPort.port(),
        web.main().url(main.port()) + web.base().text(),
        web.health().url(healthPort.port()));
  }

  /// Opens only the health port, for a process that nobody calls for anything else.
  Open openHealth(Parts parts, List<Route> health) {
    Listener listener = settings.web().health();
    HttpListener port = open(parts, "the health port", listener, BasePath.ROOT, errors, health);
    String url = listener.url(port.port());
    return new Open(port, port.port(), url, url);
  }

  private Proxies proxies() {
    Blocks trusted = settings.web().proxies();
    return trusted.all().isEmpty()
        ? Proxies.NONE
        : new Proxies(address -> trusted.contain(Addresses.of(address.getAddress())));
  }

  /// Finds out who calls this port. The token of the settings comes first, as it may look like one
  /// of an account. Who shows something of an account is known by that, or not at all.
  private Authenticators authenticators(Listener listener) {
    WebSettings web = settings.web();
    Blocks writers = web.writers();
    StaticToken token = new StaticToken(web.token().map(Secret::reveal));
    Authenticator senders =
        Authenticator.firstOf(
            new SenderNetworks(
                writers.all().isEmpty()
                    ? Optional.empty()
                    : Optional.of(address -> writers.contain(Addresses.of(address.getAddress())))),
            token);
    Authenticator jobs =
        settings
            .heartbeats()
            .key()
            .map(key -> senders.and(new HeartbeatKey(key.reveal())))
            .orElse(senders);
    return new Authenticators(
        known(accounts, token, Authenticator.firstOf(token, new Loopback(Set.of(listener.host())))),
        known( // nodes on this machine send it too
            accounts, token, web.token().isPresent() ? token : senders),
        known(accounts, token, jobs),
        known(believedAccounts, token, jobs),
        accounts);
  }

  private static Authenticator known(
      Authenticator accounts, StaticToken token, Authenticator others) {
    return request ->
        token.find(request) instanceof Authenticator.Finding.Known
            ? others.find(request)
            : accounts.before(others).find(request);
  }

  /// Logs in one line who may write what.
  private void tellWriters(List<Route> routes) {
    WebSettings web = settings.web();
    String anybody =
        web.writers().all().isEmpty()
            ? "everybody"
            : "clients from "
                + web.writers().all().stream().map(Addresses::text).collect(joining(", "))
                + " and clients with the token";
    String pings = anybody + (settings.heartbeats().key().isPresent() ? ", with the key" : "");
    String token = web.token().isPresent() ? "clients with the token" : anybody;
    String manager =
        "this machine" + (web.token().isPresent() ? " and clients with the token" : "");
    Map<Access, String> who =
        new EnumMap<>(
            Map.of(
                Access.PING,
                pings,
                Access.SENDER,
                token,
                Access.USER,
                manager + ", and accounts for what is theirs",
                Access.OPERATOR,
                manager));
    String line =
        who.entrySet().stream()
            .filter(entry -> routes.stream().anyMatch(route -> route.access() == entry.getKey()))
            .map(entry -> paths(routes, entry.getKey()) + ": " + entry.getValue())
            .collect(joining("; "));
    LOG.log(Level.INFO, "write access: {0}", line);
  }

  /// The beginnings of the paths with this access, in the order of the routes.
  private String paths(List<Route> routes, Access access) {
    return routes.stream()
        .filter(route -> route.access() == access)
        .map(route -> route.path().replaceFirst("^((?:/v1)?/[^/]+).*", "$1"))
        .map(settings.web().base()::link)
        .distinct()
        .collect(joining(", "));
  }

  /// Opens one more port, below the base path.
  ///
  /// @param what its name in the log
  HttpListener open(Parts parts, String what, Listener listener, List<Route> routes) {
    return open(parts, what, listener, settings.web().base(), errors, routes);
  }

  private HttpListener open(
      Parts parts,
      String what,
      Listener listener,
      BasePath base,
      ErrorShape strays,
      List<Route> routes) {
    HttpListener opened =
        HttpListener.open(
            Listening.on(listener.host(), listener.port(), listener.way())
                .withErrors(strays)
                .withAccessLog(settings.web().accessLog())
                .withLimits(Limits.usual().withRequestsOfOne(settings.web().requestsOfOne()))
                .behind(proxies())
                .below(base),
            routes.stream().map(route -> route.around(Ports::saying503)).toList(),
            authenticators(listener),
            times);
    drain.of(opened);
    return parts.add(what, opened);
  }

  /// A database that is unavailable is no bug: the answer is 503 with `Retry-After`. The reason
  /// names files, hosts and users, so it is for the log and for `/ready` only.
  private static Handler saying503(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (StorageException e) {
        throw new Unavailable(UNAVAILABLE, RETRY_AFTER, e);
      }
    };
  }

  /// The same for whoever shows a token that only the database knows.
  private static Authenticator knownOr503(Authenticator accounts) {
    return request -> {
      try {
        return accounts.find(request);
      } catch (StorageException e) {
        throw new Unavailable(UNAVAILABLE, RETRY_AFTER, e);
      }
    };
  }
}
