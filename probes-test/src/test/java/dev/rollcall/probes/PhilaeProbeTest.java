package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhilaeProbeTest {
  private static RawServer answering(int status, String body) {
    return new RawServer(
        line -> {
          line.request();
          line.answer(status, "", body);
        });
  }

  private static String reason(int status, String body) throws IOException {
    try (RawServer server = answering(status, body)) {
      return Checked.of(PhilaeProbe.of("it", server.uri("/_health").toString())).reason();
    }
  }

  @Test
  void isContentWithAServiceThatCallsItselfHealthy() throws IOException {
    try (RawServer server =
        answering(
            200,
            """
            {"healthy":true,"probes":[{"name":"redis","healthy":true,"comment":"took 1.2ms",\
            "error":null,"duration":1200000}],"error":null}\
            """)) {
      Checked.of(PhilaeProbe.of("it", server.uri("/_health").toString())).assertUp();
      assertThat(server.requests().getFirst()).startsWith("GET /_health ");
    }
  }

  @Test
  void namesWhatIsDownThere() throws IOException {
    String body =
        """
        {"healthy":false,"probes":[
        {"name":"redis","healthy":false,"comment":"error",
         "error":"probe check failed: connect: refused by 10.0.0.7:6379","duration":1},
        {"name":"disk","healthy":true,"comment":"took 1ms","error":null,"duration":2},
        {"name":"mail","healthy":false,"comment":"error","error":"login: refused","duration":3}],
        "error":"prober error: ..."}\
        """;
    assertThat(reason(503, body))
        .isEqualTo(
            "redis is down (connect: refused by 10.0.0.7:6379), mail is down (login: refused)");
  }

  @Test
  void readsWhatGoPhilaeWrites() throws IOException {
    String body =
        """
        {"healthy":false,"probes":[{"name":"pg","healthy":false,\
        "comment":"dial tcp: i/o timeout","error":{},"duration":3000000000}],"error":{}}\
        """;
    assertThat(reason(200, body)).isEqualTo("pg is down (dial tcp: i/o timeout)");
  }

  /// As its v5 does: an error of errgo's around what the driver or Go's `net` said.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"Severity":"FATAL","Code":"28P01","Message":"password authentication failed"} | password authentication failed
          {"Op":"dial","Net":"tcp","Source":null,"Addr":{"IP":"10.0.0.7","Port":5432,"Zone":""},"Err":{"Syscall":"connect","Err":111}} | dial tcp 10.0.0.7:5432: connect
          {"Op":"dial","Net":"tcp","Source":null,"Addr":null,"Err":{"Err":"no such host","Name":"db","IsNotFound":true}} | dial tcp: db: no such host
          {"Message_":"fail to ping","Cause_":null,"Underlying_":{"Message_":"refused","Cause_":null,"Underlying_":null,"File":"b.go","Line":2},"File":"a.go","Line":1} | fail to ping: refused
          "plain text" | plain text
          {} | error
          null | error
          """)
  void tellsTheCauseInAnErrorOfGoPhilae(String underlying, String expected) throws IOException {
    String error =
        "{\"Message_\":\"probe check failed\",\"Cause_\":null,\"Underlying_\":%s,\"File\":\"prober.go\",\"Line\":170}"
            .formatted(underlying);
    String body =
        """
        {"healthy":false,"probes":[{"name":"pg","healthy":false,"comment":"error",\
        "error":%s,"duration":3}],"error":{}}\
        """
            .formatted(expected.equals("error") ? underlying : error);
    assertThat(reason(200, body)).isEqualTo("pg is down (%s)".formatted(expected));
  }

  @Test
  void givesTheWholeReport() throws Exception {
    String body =
        """
        {"healthy":false,"probes":[{"name":"a","healthy":true,"comment":"took 1ms","duration":1000000},
        {"name":"b","healthy":false,"comment":"no","duration":5}]}\
        """;
    try (RawServer server = answering(503, body)) {
      PhilaeReport report =
          PhilaeProbe.of("it", server.uri("/").toString())
              .report(Attempt.within(Duration.ofSeconds(9)));
      assertThat(report.dependencies())
          .containsExactly(
              new ProbeResult("a", Optional.empty(), Duration.ofMillis(1)),
              new ProbeResult("b", Optional.of("no"), Duration.ofNanos(5)));
    }
  }

  @Test
  void isDegradedWhereSomethingThereIs() throws Exception {
    String body =
        """
        {"healthy":true,"probes":[{"name":"disk","healthy":true,"comment":"degraded: nearly full",\
        "error":null,"duration":5,"status":"degraded"}],"error":null,"status":"degraded"}\
        """;
    try (RawServer server = answering(200, body)) {
      Attempt attempt = Attempt.within(Duration.ofSeconds(9));
      Probes.forUrl("it", "philae+" + server.uri("/_health")).check(attempt);
      assertThat(attempt.degraded()).contains("disk is degraded (nearly full)");
      assertThat(attempt.dependencies().orElseThrow())
          .extracting(ProbeResult::status)
          .containsExactly(Status.DEGRADED);
    }
  }

  @Test
  void boundsWhatAStrangerMayPutIntoAMessage() throws IOException {
    String many =
        IntStream.range(0, 1500)
            .mapToObj(
                i -> "{\"name\":\"n%d\",\"healthy\":false,\"comment\":\"%s\"}".formatted(i, "x"))
            .collect(Collectors.joining(",", "{\"healthy\":false,\"probes\":[", "]}"));
    assertThat(reason(503, many)).startsWith("n0 is down (x), ").endsWith(", and 990 more");
    String rude =
        "{\"healthy\":false,\"probes\":[{\"name\":\"a\\r\\nb\",\"healthy\":false,\"comment\":\"%s\"}]}"
            .formatted("y\\u001b[2J".repeat(100));
    assertThat(reason(503, rude)).startsWith("a b is down (y [2J").hasSizeLessThan(250);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          200 | hello                       | body is no JSON
          200 | []                          | body is no JSON object
          200 | {"status":"UP"}             | body is no health report: it does not say "healthy"
          200 | {"healthy":false}           | it calls itself unhealthy, and names nothing that is down
          200 | {"healthy":false,"probes":7}| it calls itself unhealthy, and names nothing that is down
          404 | {"healthy":true}            | status 404 (expected below 400 or 503)
          """)
  void saysWhyAnAnswerIsNoReport(int status, String body, String expected) throws IOException {
    assertThat(reason(status, body)).isEqualTo(expected);
  }
}
