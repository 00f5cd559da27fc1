package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Method;
import dev.rollcall.server.collector.Result.Traceroute;
import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.http.Unavailable;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultReaderTest {
  private static final String GOOD =
      "{\"ip\":\"8.8.8.8\",\"sent\":4,\"received\":3,\"timestamp\":\"2026-01-07T22:30:00Z\"}";

  private final ResultBuffers buffers = new ResultBuffers(1024 * 1024);

  @AfterEach
  void nothingIsHeldAfterwards() {
    assertThat(buffers.taken()).isZero();
  }

  /// Everything in its order: results, traceroutes, hops.
  private List<Object> right(String body) {
    return switch (ResultReader.read(new ByteArrayInputStream(body.getBytes(UTF_8)), buffers)) {
      case Reading.Wrong wrong -> throw new AssertionError(wrong.toString());
      case Reading.Right(Results results) -> {
        try (results) {
          List<Object> all = new ArrayList<>();
          results.walk(
              new Results.Visitor() {
                @Override
                public void result(Result result) {
                  all.add(result);
                }

                @Override
                public void traceroute(Traceroute traceroute) {
                  all.add(traceroute);
                }

                @Override
                public void hop(Hop hop) {
                  all.add(hop);
                }
              });
          assertThat(results.size()).isEqualTo(all.size());
          yield all;
        }
      }
    };
  }

  private Reading.Wrong wrong(String body) {
    return (Reading.Wrong)
        ResultReader.read(new ByteArrayInputStream(body.getBytes(UTF_8)), buffers);
  }

  private static Address address(String text) {
    return Address.parse(text).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"65537", "262145", "300000", "1000000"})
  void namesTheTextThatIsTooLong(int length) {
    String text = "x".repeat(length);
    Reading.Wrong own =
        wrong("[" + GOOD + "," + GOOD.replace("}", ",\"error\":\"" + text + "\"}") + "]");
    assertThat(own.invalid()).hasSize(1);
    assertThat(own.invalid().getFirst().index()).isEqualTo(1);
    assertThat(own.invalid().getFirst().field()).isEqualTo("error");
    assertThat(own.error()).contains("result 1: error ", "give 65536");
    String hop = "{\"ttl\":1,\"ip\":\"10.0.0.1\"},{\"ttl\":2,\"ip\":\"" + text + "\"}";
    Reading.Wrong within =
        wrong(
            "["
                + GOOD.replace("}", ",\"traceroute\":{\"method\":\"icmp\",\"hops\":[" + hop + "]}}")
                + "]");
    assertThat(within.invalid().getFirst().index()).isZero();
    assertThat(within.invalid().getFirst().field()).isEqualTo("traceroute.hops[1].ip");
  }

  @Test
  void readsAllThatAResultSays() {
    assertThat(
            right(
                """
                [{"ip":"8.8.8.8","sent":4,"received":3,"packet_loss":25.5,"avg_rtt":15000000,
                  "timestamp":"2026-01-07T23:30:00.25+01:00","error":"one \\"lost\\" \\u00e9",
                  "traceroute":{"method":"tcp","completed":true,"error":"slow","hops":[
                    {"ttl":1,"ip":"192.168.1.1","rtt":2000000},
                    {"ttl":2,"timeout":true},
                    {"ttl":3,"ip":"","rtt":0},
                    {"rtt":9223372036854775807,"ip":"2001:DB8::0:1","ttl":255}]}},
                 {"timestamp":"2026-01-07T22:30:01Z","received":0,"sent":0,"ip":"::1"}]\
                """))
        .containsExactly(
            new Result(
                address("8.8.8.8"),
                4,
                3,
                25.5,
                15_000_000,
                Instant.parse("2026-01-07T22:30:00.250Z"),
                Optional.of("one \"lost\" é")),
            new Traceroute(Method.TCP, true, Optional.of("slow")),
            new Hop(1, Optional.of(address("192.168.1.1")), 2_000_000, false),
            new Hop(2, Optional.empty(), 0, true),
            new Hop(3, Optional.empty(), 0, true),
            new Hop(255, Optional.of(address("2001:db8::1")), Long.MAX_VALUE, false),
            new Result(
                address("::1"),
                0,
                0,
                0,
                0,
                Instant.parse("2026-01-07T22:30:01Z"),
                Optional.empty()));
  }

  @Test
  void computesTheLossThatIsNotSaid() {
    assertThat(right("[" + GOOD + "]"))
        .singleElement()
        .isInstanceOfSatisfying(Result.class, result -> assertThat(result.loss()).isEqualTo(25));
  }

  @Test
  void passesOverUnknownKeysAndNulls() {
    assertThat(
            right(
                "[{\"node\":{\"a\":[1,{\"ip\":3}]},\"error\":null,\"traceroute\":null,"
                    + GOOD.substring(1)
                    + ",{\"traceroute\":{\"method\":\"udp\",\"hops\":null,\"x\":1},"
                    + GOOD.substring(1)
                    + "]"))
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"sent\":4|\"sent\":4.7|sent|4.7",
        "\"sent\":4|\"sent\":\"4\"|sent|is a text",
        "\"sent\":4|\"sent\":-1|sent|-1",
        "\"sent\":4|\"sent\":4e0|sent|4e0",
        "\"sent\":4|\"sent\":9223372036854775808|sent|9223372036854775808",
        "\"sent\":4|\"sent\":true|sent|true or false",
        "\"sent\":4|\"sent\":null|sent|missing",
        "\"sent\":4|\"sent\":[4]|sent|is an array",
        "\"sent\":4|\"sent\":4,\"sent\":4|sent|twice",
        "\"sent\":4|\"sent\":2|received|is 3: give 0 to 2",
        "\"received\":3|\"received\":3,\"packet_loss\":100.5|packet_loss|100.5",
        "\"received\":3|\"received\":3,\"packet_loss\":-0.1|packet_loss|-0.1",
        "\"received\":3|\"received\":3,\"packet_loss\":1e999|packet_loss|1e999",
        "\"received\":3|\"received\":3,\"avg_rtt\":-1|avg_rtt|-1",
        "\"received\":3|\"received\":3,\"error\":7|error|is a number: give a text",
        "\"8.8.8.8\"|\"8.8.8\"|ip|8.8.8",
        "\"8.8.8.8\"|\"example.org\"|ip|example.org",
        "\"8.8.8.8\"|\"8.8.8.8/32\"|ip|8.8.8.8/32",
        "\"8.8.8.8\"|\"fe80::1%eth0\"|ip|fe80::1%eth0",
        "\"8.8.8.8\"|134744072|ip|is a number",
        "\"8.8.8.8\"|\"\"|ip|missing",
        "2026-01-07T22:30:00Z|2026-01-07T22:30:00|timestamp|RFC 3339",
        "2026-01-07T22:30:00Z|2026-02-30T22:30:00Z|timestamp|2026-02-30",
        "\"received\":3|\"received\":3,\"traceroute\":[]|traceroute|is an array",
        "\"received\":3|\"received\":3,\"traceroute\":{}|method|missing",
        "\"received\":3|\"received\":3,\"traceroute\":{\"method\":\"ftp\"}|traceroute.method|ftp",
        "\"received\":3|\"received\":3,\"traceroute\":{\"method\":\"udp\",\"hops\":{}}|traceroute.hops|an"
            + " object",
        "\"received\":3|\"received\":3,\"traceroute\":{\"method\":\"udp\",\"hops\":[{\"ttl\":1},{\"ttl\":256}]}|traceroute.hops[1].ttl|256",
        "\"received\":3|\"received\":3,\"traceroute\":{\"method\":\"udp\",\"hops\":[{}]}|traceroute.hops[0].ttl|missing",
        "\"received\":3|\"received\":3,\"traceroute\":{\"method\":\"udp\",\"hops\":[7]}|traceroute.hops[0]|a"
            + " number",
        "\"received\":3|\"received\":3,\"traceroute\":{\"method\":\"udp\",\"completed\":1}|traceroute.completed|true"
            + " or false",
      })
  void saysWhichFieldIsWrong(String good, String bad, String field, String reason) {
    Reading.Wrong wrong = wrong("[" + GOOD + "," + GOOD.replace(good, bad) + "]");
    assertThat(wrong.invalid())
        .singleElement()
        .satisfies(
            invalidElement -> {
              assertThat(invalidElement.index()).isEqualTo(1);
              assertThat(invalidElement.field()).endsWith(field);
              assertThat(invalidElement.reason()).contains(reason);
            });
    assertThat(wrong.error()).startsWith("result 1: ").contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{}",
        "null",
        "\"x\"",
        "[",
        "[" + GOOD,
        "[" + GOOD + "]]",
        "[" + GOOD + "] x",
        "[" + GOOD + "][" + GOOD + "]",
        "[" + GOOD + ",]",
        "[{\"ip\":01}]",
        "[{'ip':1}]",
        "[{\"ip\":NaN}]",
        "[{\"ip\":\"\u0001\"}]",
        "[]",
      })
  void refusesWhatIsNoArrayOfResults(String body) {
    assertThat(wrong(body).error()).isNotBlank().doesNotContain("\n");
    assertThat(wrong(body).invalid()).isEmpty();
  }

  @Test
  void refusesWhatIsTooDeep() {
    assertThat(wrong("[{\"x\":" + "[".repeat(100_000)).error()).contains("too deep");
  }

  @Test
  void listsAHundredWrongOnesAndNoMore() {
    Reading.Wrong wrong = wrong("[" + "7,".repeat(500) + "7]");
    assertThat(wrong.invalid()).hasSize(100);
    assertThat(wrong.invalid().getLast().index()).isEqualTo(99);
    assertThat(wrong.error()).contains("99 more");
  }

  @Test
  void takesAHundredThousandResultsAndNotOneMore() {
    ResultBuffers large = new ResultBuffers(64 * 1024 * 1024);
    String most = "[" + (GOOD + ",").repeat(ResultReader.MOST_RESULTS - 1) + GOOD + "]";
    Reading reading = ResultReader.read(new ByteArrayInputStream(most.getBytes(UTF_8)), large);
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Right.class,
            right -> {
              assertThat(right.results().count()).isEqualTo(ResultReader.MOST_RESULTS);
              assertThat(large.taken()).isLessThan(most.length());
              right.results().close();
            });
    String more = "[" + GOOD + "," + most.substring(1);
    assertThat(ResultReader.read(new ByteArrayInputStream(more.getBytes(UTF_8)), large))
        .isInstanceOfSatisfying(
            Reading.Wrong.class, wrong -> assertThat(wrong.error()).contains("100000"));
    assertThat(large.taken()).isZero();
  }

  @Test
  void takesNoMoreMemoryThanThereIsFor() {
    ResultBuffers small = new ResultBuffers(64 * 1024);
    String body = "[" + (GOOD + ",").repeat(10_000) + GOOD + "]";
    assertThatThrownBy(
            () -> ResultReader.read(new ByteArrayInputStream(body.getBytes(UTF_8)), small))
        .isInstanceOf(Unavailable.class);
    assertThat(small.taken()).isZero();
  }
}
