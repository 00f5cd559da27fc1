package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
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

/// One request with what redirects lead to, for [HttpProbe], which judges the answer, and for
/// [HttpAsker#answer], which returns it.
///
/// @param elsewhere whether redirects to other servers are followed too, if any are
record HttpCall(HttpQuestion question, HttpAsker asker, boolean elsewhere) {
  /// The methods that may be asked again on a new connection if a kept one turns out dead (RFC
  /// 9110, 9.2.2).
  private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  /// Headers that hold no secret and so go along to another origin on a redirect.
  private static final Set<String> HARMLESS =
      Set.of("accept", "accept-language", "user-agent", "cache-control", "content-type");

  private static final String COOKIE = "Cookie";

  private static final ContentType TEXT =
      ContentType.TEXT_PLAIN.withCharset(StandardCharsets.UTF_8);

  /// How much of a body is read at a time.
  private static final int PART = 16 << 10;

  /// How much of a redirect's own body is read for the sake of the connection.
  private static final int REDIRECT_BODY = 16 << 10;

  /// What is done with the answer, before its connection is let go of.
  interface Reader<T> {
    T read(ClassicHttpResponse answer, Exchange exchange)
        throws IOException, ProbeFailure, InterruptedException;
  }

  /// Sends the request, and returns what `reader` makes of the answer that no redirect leads on
  /// from.
  ///
  /// @throws ProbeFailure if there is no such answer, or whatever `reader` throws; its reason shows
  ///   no secret of the question
  <T> T ask(Attempt attempt, Reader<T> reader) throws ProbeFailure, InterruptedException {
    return ask(attempt, () -> true, reader);
  }

  /// @param wanted as for [HttpAsker#answer(HttpQuestion, Attempt, BooleanSupplier)]
  <T> T ask(Attempt attempt, BooleanSupplier wanted, Reader<T> reader)
      throws ProbeFailure, InterruptedException {
    Progress progress = new Progress(attempt, question.settings().responseTimeout());
    try (AnswerMemory.Share memory = asker.memory()) {
      return run(new Exchange(progress, question.settings(), memory, wanted), reader);
    } catch (AnswerMemory.Exhausted e) {
      throw ProbeFailure.here("%s (%s)".formatted(Failures.message(e), progress.words()));
    } catch (IOException e) {
      throw question.secrets().hide(HttpFailures.of(e, progress));
    } catch (ProbeFailure e) {
      throw question.secrets().hide(e);
    } catch (OutOfMemoryError e) {
      throw ProbeFailure.here("out of memory (%s)".formatted(progress.words()));
    } finally {
      attempt.took(Phase.TOTAL, attempt.elapsed());
      attempt
          .unexpected()
          .map(answer -> question.secrets().hide(answer))
          .ifPresent(attempt::unexpected);
    }
  }

  private <T> T run(Exchange exchange, Reader<T> reader)
      throws IOException, ProbeFailure, InterruptedException {
    Progress progress = exchange.progress();
    Step step = new Step(HttpTarget.of(question.uri()), question.method(), true, ownCookies());
    Redirects redirects = null; // made at the first: most answers do not redirect
    while (true) {
      ClassicHttpResponse answer = send(step, exchange);
      try {
        int status = answer.getCode();
        progress.attempt().answered(status);
        Optional<HttpTarget> next = next(step.target(), answer);
        if (next.isEmpty()) {
          progress.attempt().took(Phase.HEADER, progress.attempt().elapsed());
          return reader.read(answer, exchange);
        }
        redirects = redirects == null ? new Redirects(new Cookies(), new HashSet<>()) : redirects;
        redirects.cookies().keep(answer, step.target());
        redirects.seen().add(step);
        step = step.to(next.get(), status, redirects.cookies(), this);
        if (progress.attempt().redirects() == Redirect.MOST) {
          throw ProbeFailure.answered(
              (redirects.seen().contains(step)
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

  /// Where a redirect leads that is followed.
  private Optional<HttpTarget> next(HttpTarget from, ClassicHttpResponse answer)
      throws ProbeFailure {
    if (!question.settings().followRedirects() || !Redirect.is(answer.getCode())) {
      return Optional.empty();
    }
    Optional<String> location = Redirect.location(answer);
    if (location.isEmpty()) {
      return Optional.empty();
    }
    HttpTarget to = Redirect.target(from, location.get());
    return elsewhere || to.isOfSameServer(from) ? Optional.of(to) : Optional.empty();
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
    Step to(HttpTarget next, int status, Cookies kept, HttpCall call) {
      boolean stays = home && target.origin().equals(next.origin());
      return new Step(
          next,
          Redirect.method(method, status),
          stays,
          kept.header(next, stays ? call.ownCookies() : Optional.empty()));
    }
  }

  /// What redirects have brought so far.
  ///
  /// @param seen the requests that were redirected
  private record Redirects(Cookies cookies, Set<Step> seen) {}

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

  /// The answer with what was read of its body.
  static HttpAnswer answer(ClassicHttpResponse answer, HttpBody body) {
    return new HttpAnswer(answer.getCode(), headers(answer), body.text());
  }

  static Map<String, String> headers(ClassicHttpResponse answer) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : answer.getHeaders()) {
      headers.putIfAbsent(header.getName(), String.valueOf(header.getValue()));
    }
    return headers;
  }

  /// Reads up to `limit` bytes of the body, unpacked.
  static HttpBody body(ClassicHttpResponse answer, int limit, AnswerMemory.Share memory)
      throws IOException {
    ContentCodings codings = ContentCodings.of(answer);
    Header type = answer.getFirstHeader("Content-Type");
    HttpEntity entity = answer.getEntity();
    byte[] read = {};
    if (entity != null) {
      try (InputStream inside = codings.inside(entity.getContent())) {
        read = read(inside, limit, memory);
      }
    }
    return new HttpBody(
        read, limit, type == null ? "" : String.valueOf(type.getValue()), codings.unknown());
  }

  private static byte[] read(InputStream in, int limit, AnswerMemory.Share memory)
      throws IOException {
    List<byte[]> parts = new ArrayList<>();
    int count = 0;
    while (count < limit) {
      byte[] part = in.readNBytes(Math.min(PART, limit - count));
      if (part.length == 0) {
        break;
      }
      memory.take(part.length);
      parts.add(part);
      count += part.length;
    }
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    ByteBuffer all = ByteBuffer.allocate(count);
    parts.forEach(all::put);
    return all.array();
  }

  /// Reads up to `limit` bytes of the body and throws them away.
  static void read(@Nullable HttpEntity entity, int limit) throws IOException {
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
