package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Traceroute;
import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.http.Unavailable;
import java.io.ByteArrayInputStream;

/// What holds for any body that is posted as results: it is read or refused, with no other
/// exception and no memory kept, and what was read can be walked and is within its bounds.
public final class ResultsFuzz {
  private ResultsFuzz() {}

  /// Tries one body; the name is Jazzer's.
  public static void fuzzerTestOneInput(byte[] body) {
    ResultBuffers buffers = new ResultBuffers(1024 * 1024);
    try {
      switch (ResultReader.read(new ByteArrayInputStream(body), buffers)) {
        case Reading.Wrong wrong -> {
          assertThat(wrong.error()).isNotBlank();
          assertThat(wrong.invalid()).hasSizeLessThanOrEqualTo(ResultTokens.MOST_INVALID);
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
    assertThat(buffers.taken()).isZero();
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
