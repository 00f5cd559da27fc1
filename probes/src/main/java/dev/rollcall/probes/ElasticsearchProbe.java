package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads the health of an Elasticsearch or OpenSearch cluster: `green` and `yellow` (every shard
/// exists, but not every copy) are healthy, `red` is not. Needs
/// `tools.jackson.core:jackson-databind`.
///
/// The user needs the right to read the health of the cluster (`cluster:monitor/health`, part of
/// `monitor`). Source: the cluster health API of both, `GET /_cluster/health`.
///
/// @param http how to send the request; its expectation is replaced
public record ElasticsearchProbe(HttpProbe http) implements Probe {
  private static final HttpExpectation ANY =
      HttpExpectation.DEFAULT.statuses(List.of(new StatusRange(100, 999)));

  /// The probe itself checks every status.
  public ElasticsearchProbe {
    http = http.asking(http.question().expecting(ANY));
    Driver.JACKSON.need(ElasticsearchProbe.class);
  }

  /// A probe of the cluster at `url`, such as `https://user:password@search.example:9200`. Limits:
  /// 2 s to connect, 1 s for the answer. Its certificate must be trusted.
  public static ElasticsearchProbe of(String name, String url) {
    return of(name, url, TlsOptions.DEFAULT);
  }

  /// A copy with these TLS options: with your own authority ([TlsOptions#trusting]), or accepting
  /// any certificate ([TlsOptions#unverified]).
  public static ElasticsearchProbe of(String name, String url, TlsOptions tls) {
    HttpQuestion question = HttpQuestion.of(address(HttpQuestion.uri(url)));
    return new ElasticsearchProbe(
        HttpProbe.of(name, question.settings(HttpSettings.DEFAULT.tls(tls))));
  }

  /// The health URL of the cluster at `base`, which may have a path.
  static URI address(URI base) {
    String path = base.getRawPath() == null ? "" : base.getRawPath().replaceFirst("/+$", "");
    return URI.create(
        base.getScheme() + "://" + base.getRawAuthority() + path + "/_cluster/health");
  }

  @Override
  public String name() {
    return http.name();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    http.judging(attempt, ElasticsearchProbe::judge);
  }

  private static void judge(HttpAnswer answer) throws ProbeFailure {
    switch (answer.status()) {
      case 200 -> health(JsonAnswer.object(answer.body()));
      case 401 -> throw ProbeFailure.answered("login: refused (status 401)");
      case 403 ->
          throw ProbeFailure.answered(
              "login: the user may not see the cluster's health (status 403)");
      case 503 -> throw ProbeFailure.answered("the cluster has no master (status 503)");
      default -> throw ProbeFailure.answered("status %d (expected 200)".formatted(answer.status()));
    }
  }

  private static void health(JsonNode health) throws ProbeFailure {
    switch (health.path("status").asString("")) {
      case "green", "yellow" -> {}
      case "red" ->
          throw ProbeFailure.answered(
              "the cluster is red: %d of its shards are unassigned"
                  .formatted(health.path("unassigned_shards").asLong(0)));
      default -> throw ProbeFailure.answered("body is no cluster health: it has no status");
    }
  }
}
