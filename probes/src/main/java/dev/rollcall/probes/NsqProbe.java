package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.util.List;

/// Calls `GET /ping` at the HTTP port of an nsqd (or nsqlookupd). The answer must be `OK`. An
/// unhealthy nsqd answers 500 with the reason.
///
/// Source: <https://nsq.io/components/nsqd.html#get-ping>.
///
/// @param http how to send the request; its expectation is replaced
public record NsqProbe(HttpProbe http) implements Probe {
  /// The HTTP port of an nsqd.
  static final int PORT = 4151;

  private static final HttpExpectation ANY =
      HttpExpectation.DEFAULT.statuses(List.of(new StatusRange(100, 999)));

  /// The probe itself checks every status.
  public NsqProbe {
    http = http.asking(http.question().expecting(ANY));
  }

  /// A probe of the nsqd whose HTTP port (4151 by default) is `port`.
  public static NsqProbe of(String name, String host, int port) {
    return of(name, "http", host, port, HttpSettings.DEFAULT);
  }

  /// The same over TLS (port 4152 by default).
  public static NsqProbe of(String name, String host, int port, TlsOptions tls) {
    return of(name, "https", host, port, HttpSettings.DEFAULT.tls(tls));
  }

  private static NsqProbe of(
      String name, String scheme, String host, int port, HttpSettings settings) {
    URI uri = address(URI.create(scheme + "://" + new Authority(host, port)));
    return new NsqProbe(HttpProbe.of(name, HttpQuestion.of(uri).settings(settings)));
  }

  /// The ping URL of the nsqd at `base`; port 4151, or 4152 with TLS, if none is given.
  static URI address(URI base) {
    int port = base.getScheme().equals("https") ? PORT + 1 : PORT;
    return URI.create(base.getScheme() + "://" + Authority.of(base, port) + "/ping");
  }

  @Override
  public String name() {
    return http.name();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    http.judging(attempt, NsqProbe::judge);
  }

  private static void judge(HttpAnswer answer) throws ProbeFailure {
    String said = Quoted.of(answer.body());
    if (answer.status() != 200 || !said.startsWith("OK")) {
      throw ProbeFailure.answered(
          "not OK: status %d%s".formatted(answer.status(), said.isEmpty() ? "" : ", " + said));
    }
  }
}
