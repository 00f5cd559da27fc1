package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;

/// The HTTP client and its idle connections, shared by any number of [HttpProbe]s and of requests
/// that are no checks ([#answer]). The code that created it closes it; running checks then end by
/// themselves.
///
/// Probes that may reach different hosts need separate askers, each with its own [Resolver].
public final class HttpAsker implements AutoCloseable {
  private final Connections connections;
  private final CloseableHttpClient client;
  private final AnswerMemory memory;

  /// An asker that connects through `dialer`. All answers that it is reading hold an eighth of the
  /// heap at most; checks that need more end without a result.
  public HttpAsker(Dialer dialer) {
    this(dialer, AnswerMemory.ofHeap());
  }

  HttpAsker(Dialer dialer, AnswerMemory memory) {
    this.memory = memory;
    connections = new Connections(dialer);
    client =
        HttpClients.custom()
            .setConnectionManager(connections)
            .setUserAgent(userAgent())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .disableConnectionState()
            .build();
  }

  /// Sends a request that is no check, and returns the answer, whatever its status: what the
  /// question expects does not matter. Redirects are followed, if its settings say so, within the
  /// same server only; one that leads elsewhere is the answer.
  ///
  /// @param attempt ends the request by its deadline, and knows the status if only the body cannot
  ///   be read
  /// @throws ProbeFailure if there is no answer, or none that can be read; its reason shows no
  ///   secret of the question
  public HttpAnswer answer(HttpQuestion question, Attempt attempt)
      throws ProbeFailure, InterruptedException {
    return answer(question, attempt, () -> true);
  }

  /// The same, if it is still wanted when there is a connection: looking up names and shaking hands
  /// take time.
  ///
  /// @param wanted is asked right before each request of this question is sent, on a connection
  ///   that stands
  /// @throws ProbeFailure also if it is not wanted any more; then it was not sent
  public HttpAnswer answer(HttpQuestion question, Attempt attempt, BooleanSupplier wanted)
      throws ProbeFailure, InterruptedException {
    int limit = question.settings().bodyLimit();
    return new HttpCall(question, this, false)
        .ask(
            attempt,
            wanted,
            (response, exchange) ->
                HttpCall.answer(response, HttpCall.body(response, limit, exchange.memory())));
  }

  /// The memory for one check.
  AnswerMemory.Share memory() {
    return memory.new Share();
  }

  /// Sends `request` to `host` and reads the header of the answer. The caller closes the answer.
  ClassicHttpResponse ask(HttpHost host, ClassicHttpRequest request, Exchange exchange)
      throws IOException {
    return client.executeOpen(host, request, exchange);
  }

  @Override
  public void close() {
    connections.end();
    client.close(CloseMode.GRACEFUL);
  }

  /// How probes call themselves: `Rollcall/1.2.3`.
  static String userAgent() {
    try (InputStream in = HttpAsker.class.getResourceAsStream("user-agent.txt")) {
      return in == null
          ? "Rollcall"
          : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
