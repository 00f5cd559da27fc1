package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/// Where HttpClient gets its connections: a new one, or one that waits here since an earlier check.
///
/// It replaces HttpClient's own pool for these reasons: the pool has no single deadline for name
/// lookup, handshake and a slow body; it does not report the phases of a request; it has one lock
/// for all hosts, or an entry for every host of a redirect that is never removed; and it would use
/// a connection for requests with other TLS settings.
final class Connections implements HttpClientConnectionManager {
  /// A connection can be used for every request with the same key.
  record Key(Authority target, Optional<TlsOptions> tls) {}

  /// How long a connection waits for its next use at most.
  private static final Duration IDLE = Duration.ofMinutes(2);

  private static final Duration SWEEP = Duration.ofSeconds(10);

  private final Dialer dialer;
  private final Map<Key, ArrayDeque<HttpConnection>> idle = new ConcurrentHashMap<>();
  private final AtomicLong swept = new AtomicLong(System.nanoTime());
  private volatile boolean ended;

  Connections(Dialer dialer) {
    this.dialer = dialer;
  }

  @Override
  public LeaseRequest lease(String id, HttpRoute route, Timeout timeout, Object state) {
    Exchange exchange = (Exchange) state;
    return new LeaseRequest() {
      @Override
      public ConnectionEndpoint get(Timeout wait) {
        return line(route.getTargetHost(), exchange);
      }

      @Override
      public boolean cancel() {
        return false;
      }
    };
  }

  private HttpConnection line(HttpHost host, Exchange exchange) {
    Key key =
        new Key(
            new Authority(host.getHostName(), host.getPort()),
            host.getSchemeName().equals("https")
                ? Optional.of(exchange.settings().tls())
                : Optional.empty());
    while (exchange.mayReuse()) {
      HttpConnection[] found = new HttpConnection[1];
      idle.computeIfPresent(
          key,
          (k, lines) -> {
            found[0] = lines.pollLast();
            return lines.isEmpty() ? null : lines;
          });
      if (found[0] == null) {
        break;
      }
      if (found[0].idleUntil() - System.nanoTime() > 0) {
        found[0].serve(exchange);
        return found[0];
      }
      found[0].close();
    }
    return new HttpConnection(key, exchange);
  }

  @Override
  public void connect(ConnectionEndpoint endpoint, TimeValue timeout, HttpContext context)
      throws IOException {
    HttpConnection httpConnection = (HttpConnection) endpoint;
    Exchange exchange = (Exchange) context;
    try {
      httpConnection.connected(
          dialer.dial(
              httpConnection.key().target(),
              httpConnection.key().tls(),
              exchange.settings().connectTimeout(),
              exchange.progress()));
    } catch (ProbeFailure e) {
      throw new Failures.Carrier(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failures.Carrier(e);
    }
  }

  @Override
  public void release(ConnectionEndpoint endpoint, Object state, TimeValue valid) {
    HttpConnection httpConnection = (HttpConnection) endpoint;
    Duration wait = TimeValue.isPositive(valid) ? valid.toDuration() : IDLE;
    if (!httpConnection.isConnected() || (valid != null && valid.getDuration() == 0) || ended) {
      httpConnection.close();
      return;
    }
    httpConnection.idleFor(wait.compareTo(IDLE) < 0 ? wait : IDLE);
    idle.compute(
        httpConnection.key(),
        (key, lines) -> {
          ArrayDeque<HttpConnection> all = lines == null ? new ArrayDeque<>(1) : lines;
          all.addLast(httpConnection);
          return all;
        });
    long last = swept.get();
    long now = System.nanoTime();
    if (ended) {
      drop(waiting -> true);
    } else if (now - last > SWEEP.toNanos() && swept.compareAndSet(last, now)) {
      drop(waiting -> waiting.idleUntil() - now <= 0);
    }
  }

  private void drop(Predicate<HttpConnection> which) {
    List<HttpConnection> dropped = new ArrayList<>();
    for (Key key : idle.keySet()) {
      idle.computeIfPresent(
          key,
          (k, lines) -> {
            lines.removeIf(
                httpConnection -> which.test(httpConnection) && dropped.add(httpConnection));
            return lines.isEmpty() ? null : lines;
          });
    }
    dropped.forEach(HttpConnection::close);
  }

  @Override
  public void upgrade(ConnectionEndpoint endpoint, HttpContext context) {
    throw new UnsupportedOperationException("there is no proxy to upgrade through");
  }

  /// Drops what waits. HttpClient also calls this after an Error in one of its callers, so it must
  /// not be the end for the others.
  @Override
  public void close(CloseMode mode) {
    drop(httpConnection -> true);
  }

  @Override
  public void close() {
    close(CloseMode.GRACEFUL);
  }

  /// Drops what waits, and keeps no connection from now on.
  void end() {
    ended = true;
    close();
  }
}
