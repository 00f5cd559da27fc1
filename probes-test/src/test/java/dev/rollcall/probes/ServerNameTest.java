package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server that chooses its certificate by the name that is asked for, and shows a wrong one to
/// who names none.
class ServerNameTest {
  private static final Set<String> GENEROUS = Set.of("nas.lan", "foo.w.example");

  @TempDir static Path folder;
  private static Certificates certificates;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpAsker asker =
      new HttpAsker(new Dialer((host, within) -> List.of(InetAddress.ofLiteral("127.0.0.1"))));

  @BeforeAll
  static void make() throws Exception {
    certificates = new Certificates(folder);
    certificates.signed("wrong", -1, 30, "dns:wrong.example");
    certificates.signed(
        "right",
        -1,
        30,
        "dns:db,dns:good.example,dns:my_db,dns:*.w.example,dns:xn--strae-oqa.example");
    certificates.signed("generous", -1, 30, "dns:*.lan,dns:f*.w.example");
  }

  @AfterEach
  void stop() {
    asker.close();
  }

  private Certificates.Shown shown(String name) {
    asked.add(name);
    String known = name.isEmpty() ? "wrong" : "right";
    String alias = GENEROUS.contains(name) ? "generous" : known;
    return new Certificates.Shown(alias, List.of(certificates.certificate(alias)));
  }

  private Checked check(String host, TlsOptions options) throws Exception {
    try (RawServer server =
        new RawServer(
            certificates.listen(this::shown),
            line -> {
              line.request();
              line.answer(200, "", "");
            })) {
      URI uri = URI.create("https://" + host + ":" + server.port() + "/");
      HttpSettings settings = HttpSettings.DEFAULT.tls(options.trusting(certificates.pem("ca")));
      return Checked.of(new HttpProbe("it", HttpQuestion.of(uri).settings(settings), asker));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "db,db",
    "good.example,good.example",
    "GOOD.example,good.example",
    "good.example.,good.example",
    "a.w.example,a.w.example",
    "straße.example,xn--strae-oqa.example"
  })
  void asksForTheCertificateOfItsHost(String host, String name) throws Exception {
    check(host, TlsOptions.DEFAULT).assertUp();
    assertThat(asked).containsOnly(name);
  }

  @ParameterizedTest
  @CsvSource({"db", "good.example", "straße.example"})
  void asksForTheCertificateOfTheNameThatIsGiven(String name) throws Exception {
    check("127.0.0.1", TlsOptions.DEFAULT.named(name)).assertUp();
    assertThat(asked).containsOnly(name.replace("straße", "xn--strae-oqa"));
  }

  @ParameterizedTest
  @CsvSource({"other", "a.b.w.example", "w.example"})
  void believesNoCertificateOfSomebodyElse(String host) throws Exception {
    assertThat(check(host, TlsOptions.DEFAULT).reason())
        .startsWith("TLS: certificate is issued for db, good.example, my_db,");
    check(host, TlsOptions.DEFAULT.unverified()).assertUp();
  }

  /// The JDK believes both; OpenSSL, curl and browsers do not.
  @ParameterizedTest
  @CsvSource({"nas.lan", "foo.w.example"})
  void believesAStarForAWholeLabelWithTwoAfterItAlone(String host) throws Exception {
    assertThat(check(host, TlsOptions.DEFAULT).reason())
        .startsWith("TLS: certificate is issued for *.lan, f*.w.example");
    check(host, TlsOptions.DEFAULT.unverified()).assertUp();
  }

  /// Java's own TLS servers know no underscores: what is sent is looked at itself.
  @Test
  void asksForANameWithAnUnderscoreToo() throws Exception {
    AtomicReference<String> hello = new AtomicReference<>("");
    try (RawServer server =
        new RawServer(
            line -> {
              byte[] begun = new byte[200];
              int count = line.in().readNBytes(begun, 0, begun.length);
              hello.set(new String(begun, 0, count, ISO_8859_1));
            })) {
      Checked.of(
          new HttpProbe(
              "it", HttpQuestion.of(URI.create("https://my_db:" + server.port() + "/")), asker));
    }
    assertThat(hello.get()).contains("my_db");
  }

  @ParameterizedTest
  @CsvSource({
    "my_db,my_db,true",
    "my_db,MY_DB,true",
    "a_b.w.example,*.w.example,true",
    "a.b_c.w.example,*.w.example,false",
    "my_db,other,false",
    "my_db,*,false",
    "my_db,*.my_db,false"
  })
  void believesACertificateOfItsHost(String host, String shown, boolean its) {
    assertThat(new ServerName(host).matches(shown)).isEqualTo(its);
  }

  @Test
  void namesNoServerWhereThereIsAnAddress() throws Exception {
    check("127.0.0.1", TlsOptions.DEFAULT.unverified()).assertUp();
    assertThat(asked).containsOnly("");
  }
}
