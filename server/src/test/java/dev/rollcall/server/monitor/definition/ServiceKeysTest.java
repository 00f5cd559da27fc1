package dev.rollcall.server.monitor.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.Probes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceKeysTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://h            | HTTP   | true
          http://h             | HTTP   | true
          tcp://h:1            | PORT   | false
          tls://h:1            | PORT   | true
          tls://h:1?warn=14d   | SERVER | true
          postgres://h         | SERVER | false
          redis://h            | SERVER | false
          rediss://h           | SERVER | true
          nats://h             | SERVER | true
          philae+https://h     | SERVER | true
          dns:///h             | SERVER | false
          ping://h             | SERVER | false
          """)
  void describesEachScheme(URI url, ServiceKeys.Kind kind, boolean tls) {
    ServiceKeys keys = ServiceKeys.of(url).orElseThrow();
    assertThat(keys.kind()).isEqualTo(kind);
    assertThat(keys.has("tls")).isEqualTo(tls);
    assertThat(keys.has("interval")).isTrue();
    assertThat(ServiceKeys.of(URI.create("ftp://h"))).isEmpty();
  }

  @Test
  void theDocumentationHasTheKeysOfEachKind() throws IOException {
    Map<String, List<String>> documented = documented();
    assertThat(documented.remove("")).isEqualTo(ServiceKeys.COMMON);
    assertThat(documented.remove("http, https"))
        .containsExactlyInAnyOrderElementsOf(ServiceKeys.Kind.HTTP.keys());
    assertThat(documented.remove("tcp, tls")).isEqualTo(ServiceKeys.Kind.PORT.keys());
    assertThat(documented.remove("other protocols")).isEqualTo(ServiceKeys.Kind.SERVER.keys());
    assertThat(documented.values()).containsExactly(List.of("tls"));
    String withTls = documented.keySet().iterator().next();
    for (String scheme : withTls.replaceFirst(", \\.\\.\\..*", "").split(", ", -1)) {
      assertThat(ServiceKeys.of(URI.create(scheme + "://h")).orElseThrow().keys()).contains("tls");
    }
  }

  @Test
  void theDocumentationHasTheMethodsAndTheKeysWithinKeys() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../docs/monitor.md"));
    List<String> methods = codes(row(lines, "`method`").split("\\|", -1)[2]);
    assertThat(methods).containsExactlyInAnyOrderElementsOf(CheckReader.METHODS);
    assertThat(row(lines, "`tls`"))
        .contains(ServiceKeys.OF_TLS.stream().map(key -> key + ":").toList());
    assertThat(row(lines, "`json`"))
        .contains(ServiceKeys.OF_JSON.stream().map(key -> key + ":").toList());
  }

  @Test
  void theDocumentationHasAllSchemes() throws IOException {
    String page = Files.readString(Path.of("../docs/probes.md"));
    TreeSet<String> documented = new TreeSet<>();
    Matcher scheme = Pattern.compile("^\\| (`[^|]+)\\|", Pattern.MULTILINE).matcher(page);
    while (scheme.find()) {
      codes(scheme.group(1)).stream()
          .filter(code -> code.contains("://"))
          .map(code -> code.replaceFirst("://.*", ""))
          .flatMap(ServiceKeysTest::both)
          .forEach(documented::add);
    }
    assertThat(documented).isEqualTo(Probes.schemes());
  }

  /// A page that names one of `x+http` and `x+https` has both.
  private static Stream<String> both(String scheme) {
    String base = scheme.replaceFirst("\\+https?(\\(s\\))?$", "");
    return base.equals(scheme) ? Stream.of(scheme) : Stream.of(base + "+http", base + "+https");
  }

  /// The keys in the table of the documentation, by the heading above them.
  private static Map<String, List<String>> documented() throws IOException {
    String page = Files.readString(Path.of("../docs/monitor.md"));
    String section = page.substring(page.indexOf("## Keys of a service"));
    Map<String, List<String>> keys = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    keys.put("", current);
    for (String line : section.substring(0, section.indexOf("\n### ")).lines().toList()) {
      String cell = line.startsWith("| ") ? line.split("\\|", -1)[1].strip() : "";
      if (cell.startsWith("**")) {
        current = new ArrayList<>();
        keys.put(cell.replace("**", ""), current);
      } else {
        current.addAll(codes(cell));
      }
    }
    return keys;
  }

  private static String row(List<String> lines, String key) {
    return lines.stream().filter(line -> line.startsWith("| " + key)).findFirst().orElseThrow();
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map(code -> code.group(1)).toList();
  }
}
