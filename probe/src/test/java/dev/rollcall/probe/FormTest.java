package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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
            {"healthy":true,"probes":[{"name":"redis","healthy":true,"comment":"took 1.2ms","error":null,"duration":1200000}],"error":null}""");
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
            "error":"prober error: probe db: probe check failed: connection refused, probe queue: probe check failed: no answer"}""");
  }

  @Test
  void writesEveryErrorAsNullForGoClients() {
    assertThat(Form.GO_CLIENTS.json(new Report(List.of(DB, REDIS))))
        .isEqualTo(
            """
            {"healthy":false,"probes":[\
            {"name":"db","healthy":false,"comment":"connection refused","error":null,"duration":3000000,"reason":"probe check failed: connection refused"},\
            {"name":"redis","healthy":true,"comment":"took 1.2ms","error":null,"duration":1200000}],\
            "error":null,"reason":"prober error: probe db: probe check failed: connection refused"}""");
  }

  @Test
  void writesWhatActuatorWrites() {
    assertThat(Form.ACTUATOR.json(new Report(List.of(REDIS, DB))))
        .isEqualTo(
            """
            {"status":"DOWN","components":{\
            "redis":{"status":"UP","details":{"duration":"1.2ms"}},\
            "db":{"status":"DOWN","details":{"duration":"3ms","error":"connection refused"}}}}""");
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
