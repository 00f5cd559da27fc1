package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/// Creates the probe for a URL, by its scheme.
///
/// One instance can create any number of probes and holds what they share. Probes that may reach
/// different hosts need separate instances, each with its own [Resolver].
public final class Probes {
  /// Makes a probe of a name and a URL.
  interface Maker {
    Probe make(String name, ServerUrl url, Probes shared);
  }

  /// A probe that is made of nothing but these.
  private interface ServerProbe {
    Probe make(String name, ServerUrl url, Dialer dialer);
  }

  private final Dialer dialer;
  private final HttpAsker asker;
  private final EchoSender echoes;

  /// Creates probes that connect through `dialer` and send HTTP requests through `asker`. The code
  /// that created `asker` closes it. They cannot ping.
  public Probes(Dialer dialer, HttpAsker asker) {
    this(dialer, asker, EchoSender.none());
  }

  /// The same, and they ping with `echoes`.
  public Probes(Dialer dialer, HttpAsker asker, EchoSender echoes) {
    this.dialer = dialer;
    this.asker = asker;
    this.echoes = echoes;
  }

  /// A probe with this name for `url`, with the name lookup of the operating system and a limit of
  /// 3 s.
  ///
  /// @throws IllegalArgumentException if the URL is wrong, or its scheme is not in [#schemes()];
  ///   the message contains no password
  /// @throws IllegalStateException if a driver is missing, with the dependency to add
  public static Probe forUrl(String name, String url) {
    return Shared.PROBES.of(name, ServerUrl.of(url));
  }

  /// A probe with this name for `url`; throws as [#forUrl(String, String)] does.
  public Probe of(String name, ServerUrl url) {
    Maker maker = Makers.ALL.get(url.scheme());
    if (maker == null) {
      throw new IllegalArgumentException(
          "%s is not a supported scheme: use one of %s"
              .formatted(url.scheme(), String.join(", ", schemes())));
    }
    return maker.make(name, url, this);
  }

  /// Validates `url`; throws as [#forUrl(String, String)] does.
  public static void validate(ServerUrl url) {
    Shared.PROBES.of("", url);
  }

  /// All supported schemes, sorted.
  public static SortedSet<String> schemes() {
    return Collections.unmodifiableSortedSet(Makers.ALL.navigableKeySet());
  }

  /// What all HTTP probes that were made without one share. It holds connections only for those who
  /// ask to keep them, and none of these does.
  static HttpAsker asker() {
    return Shared.PROBES.asker;
  }

  private static Map.Entry<String, Maker> server(String scheme, ServerProbe probe) {
    return Map.entry(scheme, (name, url, shared) -> probe.make(name, url, shared.dialer));
  }

  /// What asks by HTTP.
  HttpAsker http() {
    return asker;
  }

  private static Probe tls(String name, ServerUrl url, Probes shared) {
    return url.parameters("warn").isEmpty()
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
    return url.limiting(new HttpProbe(name, question, shared.asker));
  }

  private static Probe ping(String name, ServerUrl url, Probes shared) {
    return new PingProbe(name, url, shared.dialer, shared.echoes);
  }

  private static Probe tcp(String name, ServerUrl url, Probes shared) {
    url.understandsNoPath(url.scheme().equals("tls") ? Set.of("warn") : Set.of());
    TcpQuestion question = TcpQuestion.of(url.uri());
    question = question.tls().isPresent() ? question.tls(url.tls()) : question;
    return url.limiting(new TcpProbe(name, question, shared.dialer));
  }

  /// Made at the first use, as are the probes' classes: whoever asks by HTTP alone loads none.
  private static final class Makers {
    /// Where a new probe is added. Sorted, as the message about an unknown scheme lists them.
    private static final TreeMap<String, Maker> ALL =
        new TreeMap<>(
            Map.ofEntries(
                server("amqp", RabbitMqProbe::new),
                server("amqps", RabbitMqProbe::new),
                server("dns", DnsProbe::new),
                server("docker", DockerProbe::new),
                server("docker+tls", DockerProbe::new),
                server("etcd", EtcdProbe::new),
                server("etcd+tls", EtcdProbe::new),
                server("grpc", GrpcProbe::new),
                server("grpcs", GrpcProbe::new),
                Map.entry("http", Probes::http),
                Map.entry("https", Probes::http),
                server("kafka", KafkaProbe::new),
                server("kafka+tls", KafkaProbe::new),
                server("mariadb", MySqlProbe::new),
                server("mongodb", MongoDbProbe::new),
                server("mysql", MySqlProbe::new),
                server("nats", NatsProbe::new),
                server("nats+tls", NatsProbe::new),
                Map.entry("ping", Probes::ping),
                server("postgres", PostgreSqlProbe::new),
                server("postgresql", PostgreSqlProbe::new),
                server("redis", RedisProbe::new),
                server("rediss", RedisProbe::new),
                server("smtp", SmtpProbe::new),
                server("smtps", SmtpProbe::new),
                Map.entry("tcp", Probes::tcp),
                Map.entry("tls", Probes::tls),
                server("unix", DockerProbe::new)));

    static {
      ALL.putAll(HttpSchemes.MAKERS);
    }
  }

  /// Made at the first use.
  private static final class Shared {
    private static final Probes PROBES =
        new Probes(Dialer.system(), new HttpAsker(Dialer.system()));
  }
}
