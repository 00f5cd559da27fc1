package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.http.Logged;
import dev.rollcall.server.node.Assignments.Lease;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FilteredAssignmentsTest {
  private static IPAddress address(String text) {
    return Addresses.block(text);
  }

  @Test
  void whatTheSettingsExcludeIsLeftOutCountedAndSaidOnce() throws Exception {
    List<IPAddress> assigned =
        Stream.of("198.51.100.7", "10.0.0.1", "10.0.0.2")
            .map(FilteredAssignmentsTest::address)
            .toList();
    AtomicLong refused = new AtomicLong();
    List<String> told = new ArrayList<>();
    Assignments all =
        new Assignments() {
          @Override
          public Lease next(int limit) {
            return new Lease(assigned, Optional.empty(), Duration.ZERO, 7);
          }

          @Override
          public void refuse(Lease lease, List<IPAddress> targets) {
            told.add(lease.number() + " " + targets);
          }

          @Override
          public void done(Lease lease) {}
        };
    try (Logged logged = new Logged(FilteredAssignments.class.getName())) {
      FilteredAssignments filtered =
          new FilteredAssignments(all, target -> target.equals(address("198.51.100.7")), refused);
      assertThat(filtered.next(10).targets()).containsExactly(address("198.51.100.7"));
      assertThat(filtered.next(10).targets()).hasSize(1);
      assertThat(refused).hasValue(4);
      assertThat(told).hasSize(2).containsOnly("7 [10.0.0.1, 10.0.0.2]");
      assertThat(logged.lines())
          .singleElement()
          .asString()
          .startsWith("10.0.0.1 was assigned and is not measured here")
          .contains("have to be in 'allow'");
    }
  }
}
