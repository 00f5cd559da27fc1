package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/// The one map from a URL's scheme to its probe, for everything that can be asked by URL alone.
///
/// One serves any number of probes and holds what they share. Probes that may not reach the same
/// hosts need one each, with its [Resolver].
public final class Probes implements AutoCloseable {
  /// Makes a probe of a name and a URL.
  interface Maker {
    Probe make(String name, ServerUrl url, Probes shared);
  }

  /// Where a new probe is added. Sorted, as the message about an unknown scheme lists them.
  private static final TreeMap<String, Maker> MAKERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("http", Probes::http),
              Map.entry("https", Probes::http),
              Map.entry("tcp", Probes::tcp),
              Map.entry("tls", Probes::tls),
              Map.entry("dns", (name, url, shared) -> new DnsProbe(name, url, shared.dialer)),
              Map.entry("grpc", (name, url, shared) -> new GrpcProbe(name, url, shared.dialer)),
              Map.entry("grpcs", (name, url, shared) -> new GrpcProbe(name, url, shared.dialer)),
              Map.entry("smtp", (name, url, shared) -> new SmtpProbe(name, url, shared.dialer)),
              Map.entry("smtps", (name, url, shared) -> new SmtpProbe(name, url, shared.dialer))));

  static {
    MAKERS.putAll(HttpSchemes.MAKERS);
  }

  private final Dialer dialer;
  private final HttpAsker asker;

  /// Probes that connect through `dialer`.
  public Probes(Dialer dialer) {
    this.dialer = dialer;
    this.asker = new HttpAsker(dialer);
  }

  /// The probe `name` of `url`, on its own: the operating system's way to look up names, 3 s.
  ///
  /// @throws IllegalArgumentException if the URL is wrong, or its scheme is none of [#schemes()];
  ///   the message holds no password
  /// @throws IllegalStateException if a driver is missing, with the dependency to add
  public static Probe forUrl(String name, String url) {
    return Shared.PROBES.of(name, ServerUrl.of(url));
  }

  /// The probe `name` of `url`; throws as [#forUrl(String, String)] does.
  public Probe of(String name, ServerUrl url) {
    Maker maker = MAKERS.get(url.scheme());
    if (maker == null) {
      throw new IllegalArgumentException(
          "%s is no scheme that can be asked: use one of %s"
              .formatted(url.scheme(), String.join(", ", schemes())));
    }
    return maker.make(name, url, this);
  }

  /// Every scheme there is a probe for, sorted.
  public static SortedSet<String> schemes() {
    return Collections.unmodifiableSortedSet(MAKERS.navigableKeySet());
  }

  /// What all HTTP probes that were made without one share. It holds connections only for those who
  /// ask to keep them, and none of these does.
  static HttpAsker asker() {
    return Shared.PROBES.asker;
  }

  @Override
  public void close() {
    asker.close();
  }

  /// What asks by HTTP.
  HttpAsker http() {
    return asker;
  }

  private static Probe tls(String name, ServerUrl url, Probes shared) {
    return url.parameter("warn").isEmpty()
        ? tcp(name, url, shared)
        : new CertificateProbe(
            name, url, CertificateProbe.days(url.parameter("warn").get()), shared.dialer);
  }

  private static Probe http(String name, ServerUrl url, Probes shared) {
    HttpQuestion question =
        HttpQuestion.of(url.uri()).settings(HttpSettings.DEFAULT.tls(url.tls()));
    question =
        url.login().isPresent()
            ? question.basicAuth(url.login().get().user(), url.login().get().password())
            : question;
    return Limit.within(url.limit(), new HttpProbe(name, question, shared.asker));
  }

  private static Probe tcp(String name, ServerUrl url, Probes shared) {
    TcpQuestion question = TcpQuestion.of(url.uri());
    question = question.tls().isPresent() ? question.tls(url.tls()) : question;
    return Limit.within(url.limit(), new TcpProbe(name, question, shared.dialer));
  }

  /// Made at the first use.
  private static final class Shared {
    private static final Probes PROBES = new Probes(Dialer.system());
  }
}
