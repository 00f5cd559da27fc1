package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The schemes of what is asked over HTTP but is more than a page: `what+http://` and
/// `what+https://`, such as `philae+https://billing.example/_health`.
final class HttpSchemes {
  static final Map<String, Probes.Maker> MAKERS = new TreeMap<>();

  static {
    add("philae", uri -> uri, PhilaeProbe::new);
    add("statuspage", StatuspageProbe::address, StatuspageProbe::new);
    add("statusio", uri -> uri, StatusIoProbe::new);
    add("nsq", NsqProbe::address, NsqProbe::new);
    add("elasticsearch", ElasticsearchProbe::address, ElasticsearchProbe::new);
    add("opensearch", ElasticsearchProbe::address, ElasticsearchProbe::new);
    both(
        "swift",
        (name, url, shared) ->
            new SwiftProbe(
                name,
                SwiftLogin.of(plain(url)),
                HttpSettings.DEFAULT.tls(url.tls()),
                url.limit(),
                shared.http()));
  }

  private HttpSchemes() {}

  private static void add(
      String what, UnaryOperator<URI> address, Function<HttpProbe, Probe> probe) {
    both(
        what,
        (name, url, shared) ->
            url.limiting(
                probe.apply(new HttpProbe(name, question(plain(url), address), shared.http()))));
  }

  private static void both(String what, Probes.Maker maker) {
    MAKERS.put(what + "+http", maker);
    MAKERS.put(what + "+https", maker);
  }

  /// `url` without what stands before HTTP's own scheme.
  static ServerUrl plain(ServerUrl url) {
    String text = url.uri().toString();
    String scheme = url.scheme();
    URI uri =
        URI.create(scheme.substring(scheme.indexOf('+') + 1) + text.substring(scheme.length()));
    return new ServerUrl(uri, url.login(), url.tls(), url.limit());
  }

  private static HttpQuestion question(ServerUrl url, UnaryOperator<URI> address) {
    HttpQuestion question =
        HttpQuestion.of(address.apply(url.uri())).settings(HttpSettings.DEFAULT.tls(url.tls()));
    return url.login().isEmpty()
        ? question
        : question.basicAuth(url.login().get().user(), url.login().get().password());
  }
}
