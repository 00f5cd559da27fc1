package dev.rollcall.server.account.oidc;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpAsker;
import dev.rollcall.probes.HttpExpectation;
import dev.rollcall.probes.HttpProbe;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.HttpSettings;
import dev.rollcall.probes.Resolver;
import dev.rollcall.probes.StatusRange;
import dev.rollcall.probes.TlsOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Sends HTTP requests to one provider: each ends within some seconds, reads a bounded answer and
/// follows no redirect. Several threads may use it.
final class ProviderClient implements AutoCloseable {
  /// The longest that one request takes.
  static final Duration LONGEST = Duration.ofSeconds(5);

  private static final int BODY = 256 * 1024;
  private static final HttpExpectation ANY_ANSWER =
      HttpExpectation.DEFAULT.statuses(List.of(new StatusRange(200, 599)));

  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));
  private final HttpSettings settings;

  /// @param authorities as in [ProviderSettings]
  ProviderClient(Optional<Path> authorities) {
    TlsOptions tls = authorities.map(TlsOptions.DEFAULT::trusting).orElse(TlsOptions.DEFAULT);
    this.settings = HttpSettings.DEFAULT.followRedirects(false).bodyLimit(BODY).tls(tls);
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
    AtomicReference<@Nullable HttpAnswer> seen = new AtomicReference<>();
    HttpQuestion asked = question.settings(settings).expecting(ANY_ANSWER.check(seen::set));
    try {
      new HttpProbe("provider", asked, asker).check(Attempt.within(LONGEST));
    } catch (ProbeFailure e) {
      throw ProviderFailure.unavailable(shown(question.uri()) + ": " + e.reason());
    }
    HttpAnswer answer = Objects.requireNonNull(seen.get());
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
    asker.close();
  }
}
