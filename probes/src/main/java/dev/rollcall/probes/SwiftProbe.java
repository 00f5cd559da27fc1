package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Logs in to OpenStack Swift and reads the account (`HEAD` of the account), so that Swift's proxy
/// is checked and not only Keystone. Each check creates a new token, which expires by itself. Needs
/// `tools.jackson.core:jackson-databind`.
///
/// Sources: Swift's TempAuth; Keystone's Identity API v2.0 (`POST /v2.0/tokens`) and v3 (`POST
/// /v3/auth/tokens`); Object Storage API (`HEAD /v1/{account}`).
///
/// @param name name of the probe
/// @param swift the login
/// @param settings settings of the requests to both
/// @param limit maximum duration of both together, if the attempt allows that much
/// @param asker shared with other probes
public record SwiftProbe(
    String name, SwiftLogin swift, HttpSettings settings, Duration limit, HttpAsker asker)
    implements Probe {
  private static final HttpExpectation ANY =
      HttpExpectation.DEFAULT.statuses(List.of(new StatusRange(100, 999)));

  /// Follows no redirects, which would take the password along.
  public SwiftProbe {
    Driver.JACKSON.need(SwiftProbe.class);
    settings = settings.followRedirects(false);
  }

  /// A probe with this login; limit 3 s.
  public static SwiftProbe of(String name, SwiftLogin swift) {
    return of(name, swift, TlsOptions.DEFAULT);
  }

  /// A copy with these TLS options.
  public static SwiftProbe of(String name, SwiftLogin swift, TlsOptions tls) {
    return new SwiftProbe(
        name, swift, HttpSettings.DEFAULT.tls(tls), ServerUrl.DEFAULT_LIMIT, Probes.asker());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Attempt own = attempt.limitedTo(limit);
    try {
      SwiftAccount account = login(own);
      HttpQuestion question =
          HttpQuestion.of(account.url()).method("HEAD").header("X-Auth-Token", account.token());
      HttpAnswer answer = ask("storage", question, own);
      if (answer.status() / 100 != 2) {
        throw ProbeFailure.answered("storage: status %d (expected 2xx)".formatted(answer.status()));
      }
    } catch (ProbeFailure e) {
      throw Secrets.of(swift.login()).hide(e);
    } finally {
      own.took(Phase.TOTAL, own.elapsed());
    }
  }

  private SwiftAccount login(Attempt own) throws ProbeFailure, InterruptedException {
    HttpQuestion question = HttpQuestion.of(swift.address());
    question =
        switch (swift.version()) {
          case V1 ->
              question
                  .header("X-Auth-User", swift.login().user())
                  .header("X-Auth-Key", swift.login().password());
          case V2, V3 ->
              question
                  .method("POST")
                  .header("Content-Type", "application/json")
                  .header("Accept", "application/json")
                  .body(SwiftAccount.request(swift));
        };
    HttpAnswer answer = ask("login", question, own);
    return switch (answer.status()) {
      case 200, 201, 204 -> SwiftAccount.of(swift, answer);
      case 401 -> throw ProbeFailure.answered("login: refused (status 401)");
      default ->
          throw ProbeFailure.answered("login: status %d (expected 200)".formatted(answer.status()));
    };
  }

  /// Asks one of the two, in what is left of the time.
  private HttpAnswer ask(String step, HttpQuestion question, Attempt own)
      throws ProbeFailure, InterruptedException {
    HttpQuestion asking = question.settings(settings).expecting(ANY);
    Attempt part = Attempt.within(own.remaining());
    try {
      return new HttpProbe(name, asking, asker).answer(part);
    } catch (ProbeFailure e) {
      String reason = "%s (%s): %s".formatted(step, host(question.uri()), e.reason());
      if (e.isHere()) {
        throw ProbeFailure.here(reason);
      }
      throw e.answered() ? ProbeFailure.answered(reason) : new ProbeFailure(reason);
    } finally {
      for (Phase phase : Phase.values()) {
        if (phase != Phase.TOTAL && phase != Phase.HEADER) {
          part.time(phase).ifPresent(time -> own.took(phase, time));
        }
      }
      part.certificateExpiry().ifPresent(own::certificateEnds);
    }
  }

  private static String host(URI uri) {
    return uri.getRawAuthority();
  }
}
