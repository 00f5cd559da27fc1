package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Traceroute;
import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.http.Unavailable;
import java.io.ByteArrayInputStream;

/// Whatever comes in is read or refused: no other exception, no memory kept, and what was read can
/// be walked and is within its bounds.
///
/// The build tries the kept inputs again. To look for new ones, for ten minutes:
///
/// ```
/// JAZZER_FUZZ=1 ./mvnw test -pl server -am -Dtest=ResultReaderFuzzTest -Dsurefire.failIfNoSpecifiedTests=false
/// ```
class ResultReaderFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefusesWhateverComes(byte[] body) {
    Room room = new Room(1024 * 1024);
    try {
      switch (ResultReader.read(new ByteArrayInputStream(body), room)) {
        case Reading.Wrong wrong -> {
          assertThat(wrong.error()).isNotBlank();
          assertThat(wrong.invalid()).hasSizeLessThanOrEqualTo(Tokens.MOST_INVALID);
        }
        case Reading.Right(Results results) -> {
          try (results) {
            results.walk(new Bounds());
          }
        }
      }
    } catch (Unavailable e) {
      // More than there was memory for.
    }
    assertThat(room.taken()).isZero();
  }

  private static final class Bounds implements Results.Visitor {
    @Override
    public void result(Result result) {
      assertThat(result.received()).isBetween(0L, result.sent());
      assertThat(result.loss()).isBetween(0.0, 100.0);
      assertThat(Address.parse(result.ip().toString())).contains(result.ip());
      assertThat(Timestamps.stored(result.timestamp())).hasSizeBetween(25, 35);
    }

    @Override
    public void traceroute(Traceroute traceroute) {
      assertThat(traceroute.method()).isNotNull();
    }

    @Override
    public void hop(Hop hop) {
      assertThat(hop.ttl()).isBetween(1, 255);
      assertThat(hop.timeout() || hop.ip().isPresent()).isTrue();
    }
  }
}
