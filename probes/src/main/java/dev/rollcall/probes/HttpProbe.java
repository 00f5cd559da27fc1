package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;

/// Sends a request to an HTTP service and checks the response. Run it on virtual threads: on
/// others, an interrupt does not stop a read.
///
/// It measures every [dev.rollcall.probe.Phase], the status, the redirects and the expiry of the
/// certificate. The whole check ends by the deadline of the attempt, wherever it hangs; the reason
/// says where.
///
/// @param name name of the probe
/// @param question the request and the expected response
/// @param asker shared with other probes
public record HttpProbe(String name, HttpQuestion question, HttpAsker asker) implements Probe {
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
    return call()
        .ask(attempt, (response, exchange) -> judge(response, exchange, true))
        .orElseThrow();
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
      attempt.dependencies().map(all -> question.secrets().hide(all)).ifPresent(attempt::dependsOn);
      attempt.degraded().map(why -> question.secrets().hide(why)).ifPresent(attempt::degraded);
    }
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    call().ask(attempt, (response, exchange) -> judge(response, exchange, false));
  }

  private HttpCall call() {
    return new HttpCall(question, asker, true);
  }

  /// Compares the response with the expectation, and returns it if it is wanted.
  private Optional<HttpAnswer> judge(
      ClassicHttpResponse response, Exchange exchange, boolean wanted)
      throws IOException, ProbeFailure, InterruptedException {
    HttpExpectation expected = question.expectation();
    Attempt attempt = exchange.progress().attempt();
    if (!expected.accepts(response.getCode())) {
      attempt.unexpected(Excerpts.of(response, Excerpts.beginning(response, exchange)));
      throw ProbeFailure.answered(
          "status %d (expected %s)".formatted(response.getCode(), expected.statusWords()));
    }
    int limit = question.settings().bodyLimit();
    if (!wanted && !expected.wantsBody()) {
      HttpCall.read(response.getEntity(), limit);
      return Optional.empty();
    }
    HttpBody body = HttpCall.body(response, limit, exchange.memory());
    try {
      return judge(response, body, wanted);
    } catch (ProbeFailure e) {
      attempt.unexpected(Excerpts.of(response, body));
      throw e;
    }
  }

  private Optional<HttpAnswer> judge(ClassicHttpResponse response, HttpBody body, boolean wanted)
      throws ProbeFailure, InterruptedException {
    HttpExpectation expected = question.expectation();
    if (expected.text().isPresent()) {
      body.contains(expected.text().get());
    }
    if (expected.json().isPresent()) {
      JsonBody.check(body, expected.json().get());
    }
    if (!wanted && expected.check().isEmpty()) {
      return Optional.empty();
    }
    HttpAnswer answer = HttpCall.answer(response, body);
    if (expected.check().isPresent()) {
      look(expected.check().get(), answer);
    }
    return Optional.of(answer);
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
}
