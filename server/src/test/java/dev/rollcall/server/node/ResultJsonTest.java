package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.node.Measurement.Hop;
import dev.rollcall.server.node.Measurement.Trace;
import dev.rollcall.server.node.Measurement.TraceMethod;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultJsonTest {
  @Test
  void aHopWhoseTimeIsNotKnownHasNone() {
    IPAddress target = Addresses.block("198.51.100.1");
    Trace trace =
        new Trace(
            TraceMethod.ICMP,
            true,
            Optional.empty(),
            List.of(
                new Hop(1, Optional.of(Addresses.block("198.51.100.254")), Duration.ZERO),
                new Hop(2, Optional.empty(), Duration.ZERO),
                new Hop(3, Optional.of(target), Duration.ofNanos(31_000))));
    Measurement found =
        new Measurement(
            target,
            4,
            4,
            Duration.ofNanos(30_000),
            Instant.parse("2026-11-29T12:00:00Z"),
            Optional.empty(),
            Optional.of(trace),
            7);
    assertThat(ResultJson.lines(List.of(found)))
        .contains(
            "\"hops\":[{\"ttl\":1,\"ip\":\"198.51.100.254\"},{\"ttl\":2,\"timeout\":true},"
                + "{\"ttl\":3,\"ip\":\"198.51.100.1\",\"rtt\":31000}]");
  }
}
