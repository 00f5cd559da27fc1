package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FormTest {
  private static final ProbeResult REDIS = ProbeResult.well("redis", Duration.ofNanos(1_200_000));
  private static final ProbeResult DB =
      ProbeResult.failed("db", "connection refused", Duration.ofMillis(3));
  private static final ProbeResult QUEUE =
      ProbeResult.failed("queue", "no answer", Duration.ofMillis(4));

  @Test
  void writesTheContractsOwnExampleToTheLetter() {
    assertThat(new Report(List.of(REDIS)).json())
        .isEqualTo(
            """
            {"healthy":true,"probes":[{"name":"redis","healthy":true,"comment":"took 1.2ms","error":null,"duration":1200000}],"error":null}\
            """);
  }

  @Test
  void writesWhoIsNotWellAndWhy() {
    assertThat(new Report(List.of(DB, REDIS, QUEUE)).json())
        .isEqualTo(
            """
            {"healthy":false,"probes":[\
            {"name":"db","healthy":false,"comment":"error","error":"probe check failed: connection refused","duration":3000000},\
            {"name":"redis","healthy":true,"comment":"took 1.2ms","error":null,"duration":1200000},\
            {"name":"queue","healthy":false,"comment":"error","error":"probe check failed: no answer","duration":4000000}],\
            "error":"prober error: probe db: probe check failed: connection refused, probe queue: probe check failed: no answer"}\
            """);
  }

  @Test
  void writesEveryErrorAsNullForGoClients() {
    assertThat(Form.GO_CLIENTS.json(new Report(List.of(DB, REDIS))))
        .isEqualTo(
            """
            {"healthy":false,"probes":[\
            {"name":"db","healthy":false,"comment":"connection refused","error":null,"duration":3000000,"reason":"probe check failed: connection refused"},\
            {"name":"redis","healthy":true,"comment":"took 1.2ms","error":null,"duration":1200000}],\
            "error":null,"reason":"prober error: probe db: probe check failed: connection refused"}\
            """);
  }

  @Test
  void writesWhatActuatorWrites() {
    assertThat(Form.ACTUATOR.json(new Report(List.of(REDIS, DB))))
        .isEqualTo(
            """
            {"status":"DOWN","components":{\
            "redis":{"status":"UP","details":{"duration":"1.2ms"}},\
            "db":{"status":"DOWN","details":{"duration":"3ms","error":"connection refused"}}}}\
            """);
  }

  private static final Report MIXED =
      new Report(
          List.of(
              DB,
              REDIS,
              new ProbeResult(
                  "disk",
                  Status.DEGRADED,
                  Optional.of("nearly full"),
                  Duration.ofMillis(5),
                  details("free", "1 GB", "path", "/var"))));

  private static Map<String, String> details(String... namesAndValues) {
    Map<String, String> details = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      details.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return details;
  }

  @Test
  void writesWhatIsDegradedAsHealthyWithAKeyOfItsOwn() {
    assertThat(new Report(MIXED.probes().subList(1, 3)).json())
        .isEqualTo(
            """
            {"healthy":true,"probes":[\
            {"name":"redis","healthy":true,"comment":"took 1.2ms","error":null,"duration":1200000},\
            {"name":"disk","healthy":true,"comment":"degraded: nearly full","error":null,"duration":5000000,"status":"degraded","details":{"free":"1 GB","path":"/var"}}],\
            "error":null,"status":"degraded"}\
            """);
    assertThat(Form.ACTUATOR.json(new Report(MIXED.probes().subList(2, 3))))
        .isEqualTo(
            """
            {"status":"DEGRADED","components":{\
            "disk":{"status":"DEGRADED","details":{"duration":"5ms","degraded":"nearly full","free":"1 GB","path":"/var"}}}}\
            """);
  }

  @Test
  void tellsThoseWhoMayNotSeeDetailsNeitherWhyNorHowLong() {
    assertThat(Form.PHILAE.json(MIXED, View.PROBES))
        .isEqualTo(
            """
            {"healthy":false,"probes":[\
            {"name":"db","healthy":false,"comment":"error","error":"probe check failed","duration":0},\
            {"name":"redis","healthy":true,"comment":"ok","error":null,"duration":0},\
            {"name":"disk","healthy":true,"comment":"degraded","error":null,"duration":0,"status":"degraded"}],\
            "error":"prober error: probe db: probe check failed"}\
            """);
    assertThat(Form.GO_CLIENTS.json(MIXED, View.PROBES))
        .isEqualTo(
            """
            {"healthy":false,"probes":[\
            {"name":"db","healthy":false,"comment":"error","error":null,"duration":0,"reason":"probe check failed"},\
            {"name":"redis","healthy":true,"comment":"ok","error":null,"duration":0},\
            {"name":"disk","healthy":true,"comment":"degraded","error":null,"duration":0,"status":"degraded"}],\
            "error":null,"reason":"prober error: probe db: probe check failed"}\
            """);
    assertThat(Form.ACTUATOR.json(MIXED, View.PROBES))
        .isEqualTo(
            """
            {"status":"DOWN","components":{"db":{"status":"DOWN"},"redis":{"status":"UP"},"disk":{"status":"DEGRADED"}}}\
            """);
  }

  @Test
  void tellsThoseWhoMayNotSeeProbesTheStatusAlone() {
    assertThat(Form.PHILAE.json(MIXED, View.STATUS))
        .isEqualTo("{\"healthy\":false,\"probes\":[],\"error\":\"prober error\"}");
    assertThat(Form.GO_CLIENTS.json(MIXED, View.STATUS))
        .isEqualTo("{\"healthy\":false,\"probes\":[],\"error\":null,\"reason\":\"prober error\"}");
    assertThat(Form.ACTUATOR.json(MIXED, View.STATUS)).isEqualTo("{\"status\":\"DOWN\"}");
  }

  @Test
  void tellsThoseWhoMayNotSeeProbesNothingOfWhatIsDegraded() {
    Report degraded = new Report(MIXED.probes().subList(1, 3));
    String well = "{\"healthy\":true,\"probes\":[],\"error\":null}";
    assertThat(Form.PHILAE.json(degraded, View.STATUS)).isEqualTo(well);
    assertThat(Form.GO_CLIENTS.json(degraded, View.STATUS)).isEqualTo(well);
    assertThat(Form.ACTUATOR.json(degraded, View.STATUS)).isEqualTo("{\"status\":\"UP\"}");
  }

  @Test
  void isWellWithoutProbes() {
    Report none = new Report(List.of());
    assertThat(none.json()).isEqualTo("{\"healthy\":true,\"probes\":[],\"error\":null}");
    assertThat(Form.ACTUATOR.json(none)).isEqualTo("{\"status\":\"UP\",\"components\":{}}");
  }

  @Test
  void escapesWhatJsonWantsEscaped() {
    assertThat(new JsonWriter(8).string("a\"b\\c\n\u0001\u001fé𝄞\ud834").toString())
        .isEqualTo("\"a\\\"b\\\\c\\u000a\\u0001\\u001fé𝄞\ufffd\"");
  }
}
