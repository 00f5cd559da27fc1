package dev.rollcall.server.httpclient;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpAsker;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.HttpSettings;
import dev.rollcall.probes.Resolver;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Sends HTTP requests that are no checks: to receivers of notifications, to providers of single
/// sign-on. Any status is an answer, and what it means is for the caller to say. A redirect to
/// another server is never followed. Several threads may use one client at once.
public final class HttpClient implements AutoCloseable {
  /// Redirects are not followed, and 4 KiB of the body of an answer are read.
  public static final HttpSettings DEFAULT =
      HttpSettings.DEFAULT.followRedirects(false).bodyLimit(4 * 1024);

  private final HttpAsker asker;
  private final HttpSettings settings;
  private final Duration longest;

  /// @param resolver decides which addresses may be reached
  /// @param settings for all requests, for example [#DEFAULT]
  /// @param longest each request ends by then, whatever the other side does
  public HttpClient(Resolver resolver, HttpSettings settings, Duration longest) {
    this.asker = new HttpAsker(new Dialer(resolver));
    this.settings = settings;
    this.longest = longest;
  }

  /// Sends a request whose effect counts: if there is a status, but the body cannot be read, the
  /// answer has an empty one.
  ///
  /// @param request its own settings and its expectation do not matter
  /// @throws ProbeFailure if there is no answer. The reason shows no [UrlSecrets] and no
  ///   credentials
  public HttpAnswer send(HttpQuestion request) throws ProbeFailure, InterruptedException {
    return send(request, () -> true).orElseThrow();
  }

  /// The same, if it is still wanted when there is a connection.
  ///
  /// @param wanted is asked right before the request is sent, and before that of a redirect
  /// @return empty if it was not wanted any more, and was not sent then. If `wanted` said yes
  ///   before, another request has been: one that was redirected, or whose connection broke
  public Optional<HttpAnswer> send(HttpQuestion request, BooleanSupplier wanted)
      throws ProbeFailure, InterruptedException {
    Attempt attempt = Attempt.within(longest);
    AtomicBoolean withheld = new AtomicBoolean();
    try {
      return Optional.of(
          ask(
              request,
              attempt,
              () -> {
                withheld.set(!wanted.getAsBoolean());
                return !withheld.get();
              }));
    } catch (ProbeFailure e) {
      if (withheld.get()) {
        return Optional.empty();
      }
      int status = attempt.status().orElse(0);
      if (status < 200 || isRedirect(status)) {
        throw e;
      }
      return Optional.of(new HttpAnswer(status, Map.of(), ""));
    }
  }

  /// Sends a request whose answer counts.
  ///
  /// @param request as for [#send]
  /// @throws ProbeFailure if there is no answer, or none that can be read; the reason as for
  ///   [#send]
  public HttpAnswer fetch(HttpQuestion request) throws ProbeFailure, InterruptedException {
    return ask(request, Attempt.within(longest), () -> true);
  }

  private HttpAnswer ask(HttpQuestion request, Attempt attempt, BooleanSupplier wanted)
      throws ProbeFailure, InterruptedException {
    try {
      return asker.answer(request.settings(settings), attempt, wanted);
    } catch (ProbeFailure e) {
      throw UrlSecrets.of(request.uri()).hide(e);
    }
  }

  /// Whether the status is that of a redirect. Only one that was not followed is returned.
  public static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  /// How long the other side asks to be left alone: its `Retry-After`.
  public static Optional<Duration> retryAfter(HttpAnswer answer, Instant now) {
    return answer.header("Retry-After").flatMap(text -> RetryAfter.of(text, now));
  }

  @Override
  public void close() {
    asker.close();
  }
}
