package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.jspecify.annotations.Nullable;

/// Sends a request to an HTTP service and checks the response. Run it on virtual threads: on
/// others, an interrupt does not stop a read.
///
/// It measures every [Phase], the status, the redirects and the expiry of the certificate. The
/// whole check ends by the deadline of the attempt, wherever it hangs; the reason says where.
///
/// @param name name of the probe
/// @param question the request and the expected response
/// @param asker shared with other probes
public record HttpProbe(String name, HttpQuestion question, HttpAsker asker) implements Probe {
  /// The methods that may be asked again on a new connection if a kept one turns out dead (RFC
  /// 9110, 9.2.2).
  private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  /// Headers that hold no secret and so go along to another origin on a redirect.
  private static final Set<String> HARMLESS =
      Set.of("accept", "accept-language", "user-agent", "cache-control", "content-type");

  private static final String COOKIE = "Cookie";

  private static final ContentType TEXT =
      ContentType.TEXT_PLAIN.withCharset(StandardCharsets.UTF_8);

  /// How much of a redirect's own body is read for the sake of the connection.
  private static final int REDIRECT_BODY = 16 << 10;

  /// A probe that sends `GET` to `url` and expects a status below 400.
  public static HttpProbe of(String name, String url) {
    return of(name, HttpQuestion.of(url));
  }

  /// A probe that sends `question`. Default limits: 2 s to connect, then 1 s for the answer.
  public static HttpProbe of(String name, HttpQuestion question) {
    return new HttpProbe(name, question.settings(question.settings().quick()), Probes.asker());
  }

  /// A copy that asks `other`.
  HttpProbe asking(HttpQuestion other) {
    return new HttpProbe(name, other, asker);
  }

  /// Sends the request once and returns the response, which meets the expectation.
  HttpAnswer answer(Attempt attempt) throws ProbeFailure, InterruptedException {
    AtomicReference<@Nullable HttpAnswer> seen = new AtomicReference<>();
    asking(question.expecting(question.expectation().check(seen::set))).check(attempt);
    return Objects.requireNonNull(seen.get());
  }

  /// What a probe makes of an answer.
  interface Judgement {
    void judge(HttpAnswer answer) throws ProbeFailure, InterruptedException;
  }

  /// Sends the request once and passes the response, which meets the expectation, to `judgement`.
  /// Nothing that `judgement` reports shows the credentials of the request.
  void judging(Attempt attempt, Judgement judgement) throws ProbeFailure, InterruptedException {
    try {
      judgement.judge(answer(attempt));
    } catch (ProbeFailure e) {
      throw question.secrets().hide(e);
    } finally {
      attempt.dependencies().map(question.secrets()::hide).ifPresent(attempt::dependsOn);
      attempt.degraded().map(question.secrets()::hide).ifPresent(attempt::degraded);
    }
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Progress progress = new Progress(attempt, question.settings().responseTimeout());
    try {
      ask(progress);
    } catch (IOException e) {
      throw question.secrets().hide(HttpFailures.of(e, progress));
    } catch (ProbeFailure e) {
      throw question.secrets().hide(e);
    } catch (OutOfMemoryError e) {
      throw ProbeFailure.here("out of memory (%s)".formatted(progress.words()));
    } finally {
      attempt.took(Phase.TOTAL, attempt.elapsed());
    }
  }

  private void ask(Progress progress) throws IOException, ProbeFailure, InterruptedException {
    Exchange exchange = new Exchange(progress, question.settings());
    Step step = new Step(HttpTarget.of(question.uri()), question.method(), true, ownCookies());
    Cookies cookies = new Cookies();
    Set<Step> seen = new HashSet<>();
    while (true) {
      ClassicHttpResponse answer = send(step, exchange);
      try {
        int status = answer.getCode();
        progress.attempt().answered(status);
        Optional<String> location = Redirect.location(answer);
        if (!question.settings().followRedirects() || !Redirect.is(status) || location.isEmpty()) {
          progress.attempt().took(Phase.HEADER, progress.attempt().elapsed());
          judge(answer);
          return;
        }
        cookies.keep(answer, step.target());
        seen.add(step);
        step = step.to(Redirect.target(step.target(), location.get()), status, cookies, this);
        if (progress.attempt().redirects() == Redirect.MOST) {
          throw ProbeFailure.answered(
              (seen.contains(step)
                      ? "redirect loop at %2$s"
                      : "more than %1$d redirects, the last to %2$s")
                  .formatted(Redirect.MOST, step.target().withoutQuery()));
        }
        progress.attempt().redirected();
        if (question.settings().keepAlive()) {
          read(answer.getEntity(), REDIRECT_BODY);
        }
      } finally {
        drop(answer);
      }
    }
  }

  /// The cookies that the question sends by itself.
  private Optional<String> ownCookies() {
    for (Map.Entry<String, String> header : question.headers().entrySet()) {
      if (header.getKey().equalsIgnoreCase(COOKIE)) {
        return Optional.of(header.getValue());
      }
    }
    return Optional.empty();
  }

  /// Lets go of an answer. Its connection is free already if the body was read to its end; if not,
  /// a graceful close would read all the rest of it first.
  private static void drop(ClassicHttpResponse answer) throws IOException {
    if (answer instanceof ModalCloseable closeable) {
      closeable.close(CloseMode.IMMEDIATE);
    } else {
      answer.close();
    }
  }

  /// One request of a check: the first, or one that a redirect led to.
  ///
  /// @param home whether it goes to the origin that the question names, and may carry its secrets
  /// @param cookies what it carries of them
  private record Step(HttpTarget target, String method, boolean home, Optional<String> cookies) {
    Step to(HttpTarget next, int status, Cookies kept, HttpProbe probe) {
      boolean stays = home && target.origin().equals(next.origin());
      return new Step(
          next,
          Redirect.method(method, status),
          stays,
          kept.header(next, stays ? probe.ownCookies() : Optional.empty()));
    }
  }

  /// Sends one request; on a kept connection that turns out dead, once more on a new one.
  private ClassicHttpResponse send(Step step, Exchange exchange) throws IOException {
    HttpHost host = step.target().host();
    exchange.mayReuse(question.settings().keepAlive() && REPEATABLE.contains(step.method()));
    try {
      return heard(exchange, host, step);
    } catch (IOException e) {
      Progress.Stage stage = exchange.progress().stage();
      boolean unanswered = stage == Progress.Stage.SENDING || stage == Progress.Stage.WAITING;
      if (!exchange.reused()
          || !unanswered
          || exchange.progress().late()
          || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      exchange.mayReuse(false);
      return heard(exchange, host, step);
    }
  }

  private ClassicHttpResponse heard(Exchange exchange, HttpHost host, Step step)
      throws IOException {
    ClassicHttpResponse answer = asker.ask(host, request(step), exchange);
    exchange.progress().enter(Progress.Stage.BODY);
    return answer;
  }

  private ClassicHttpRequest request(Step step) {
    ClassicHttpRequest request = new BasicClassicHttpRequest(step.method(), step.target().path());
    for (Map.Entry<String, String> header : question.headers().entrySet()) {
      if (step.home() || HARMLESS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        request.setHeader(header.getKey(), header.getValue());
      }
    }
    step.cookies().ifPresent(cookies -> request.setHeader(COOKIE, cookies));
    if (!question.settings().keepAlive()) {
      request.setHeader("Connection", "close");
    }
    if (!question.body().isEmpty() && step.method().equals(question.method())) {
      request.setEntity(
          new StringEntity(question.body(), request.containsHeader("Content-Type") ? null : TEXT));
    }
    return request;
  }

  private void judge(ClassicHttpResponse answer)
      throws IOException, ProbeFailure, InterruptedException {
    HttpExpectation expected = question.expectation();
    if (!expected.accepts(answer.getCode())) {
      throw ProbeFailure.answered(
          "status %d (expected %s)".formatted(answer.getCode(), expected.statusWords()));
    }
    int limit = question.settings().bodyLimit();
    if (!expected.wantsBody()) {
      read(answer.getEntity(), limit);
      return;
    }
    HttpBody body = body(answer, limit);
    if (expected.text().isPresent()) {
      body.contains(expected.text().get());
    }
    if (expected.json().isPresent()) {
      JsonBody.check(body, expected.json().get());
    }
    if (expected.check().isPresent()) {
      look(expected.check().get(), new HttpAnswer(answer.getCode(), headers(answer), body.text()));
    }
  }

  private static void look(HttpCheck check, HttpAnswer answer)
      throws ProbeFailure, InterruptedException {
    try {
      check.look(answer);
    } catch (ProbeFailure | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw ProbeFailure.answered("the answer is not as expected: " + Failures.message(e));
    }
  }

  private static Map<String, String> headers(ClassicHttpResponse answer) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : answer.getHeaders()) {
      headers.putIfAbsent(header.getName(), String.valueOf(header.getValue()));
    }
    return headers;
  }

  /// Reads up to `limit` bytes of the body, unpacked.
  private static HttpBody body(ClassicHttpResponse answer, int limit) throws IOException {
    ContentCodings codings = ContentCodings.of(answer);
    Header type = answer.getFirstHeader("Content-Type");
    HttpEntity entity = answer.getEntity();
    byte[] read = {};
    if (entity != null) {
      try (InputStream inside = codings.inside(entity.getContent())) {
        read = inside.readNBytes(limit);
      }
    }
    return new HttpBody(
        read, limit, type == null ? "" : String.valueOf(type.getValue()), codings.unknown());
  }

  /// Reads up to `limit` bytes of the body and throws them away.
  private static void read(@Nullable HttpEntity entity, int limit) throws IOException {
    if (entity == null) {
      return;
    }
    InputStream in = entity.getContent();
    long length = entity.getContentLength();
    byte[] part = new byte[length >= 0 && length < 4096 ? Math.max(1, (int) length) : 4096];
    int left = limit;
    while (left > 0) {
      int count = in.read(part, 0, Math.min(part.length, left));
      if (count < 0) {
        return;
      }
      left -= count;
    }
  }
}
