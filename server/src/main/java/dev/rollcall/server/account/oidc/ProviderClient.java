package dev.rollcall.server.account.oidc;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.probes.TlsOptions;
import dev.rollcall.server.httpclient.HttpClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Asks one provider: each request ends within some seconds, reads a bounded answer and follows no
/// redirect. Several threads may use it.
final class ProviderClient implements AutoCloseable {
  /// The longest that one request takes.
  static final Duration LONGEST = Duration.ofSeconds(5);

  private static final int BODY = 256 * 1024;

  private final HttpClient client;

  /// @param authorities as in [ProviderSettings]
  ProviderClient(Optional<Path> authorities) {
    TlsOptions tls = authorities.map(TlsOptions.DEFAULT::trusting).orElse(TlsOptions.DEFAULT);
    this.client =
        new HttpClient(Resolver.system(), HttpClient.DEFAULT.bodyLimit(BODY).tls(tls), LONGEST);
  }

  /// Gets a document.
  ///
  /// @throws ProviderFailure if there is no answer with status 200
  String get(URI uri, Optional<String> token) throws ProviderFailure, InterruptedException {
    HttpQuestion question = HttpQuestion.of(uri).header("Accept", "application/json");
    HttpAnswer answer =
        send(
            token.map(text -> question.header("Authorization", "Bearer " + text)).orElse(question));
    if (answer.status() != 200) {
      throw ProviderFailure.unavailable(
          "%s answered with status %d".formatted(shown(uri), answer.status()));
    }
    return answer.body();
  }

  /// Sends one request. Any status is an answer.
  ///
  /// @throws ProviderFailure if there is no answer, or none that can be read
  HttpAnswer send(HttpQuestion question) throws ProviderFailure, InterruptedException {
    HttpAnswer answer;
    try {
      answer = client.fetch(question);
    } catch (ProbeFailure e) {
      throw ProviderFailure.unavailable(shown(question.uri()) + ": " + e.reason());
    }
    if (answer.body().length() >= BODY) {
      throw ProviderFailure.unavailable(
          "%s answered with %d KiB or more".formatted(shown(question.uri()), BODY / 1024));
    }
    return answer;
  }

  /// A URL without its query.
  private static String shown(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }

  @Override
  public void close() {
    client.close();
  }
}
