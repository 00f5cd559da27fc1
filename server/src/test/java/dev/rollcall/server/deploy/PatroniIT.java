package dev.rollcall.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.ha.PatroniLab;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// PostgreSQL under Patroni, with the files of `deploy/patroni` as they are.
class PatroniIT {
  @Test
  void patroniReplacesALostPrimaryAndNothingAcknowledgedIsLost() {
    try (PatroniLab lab = new PatroniLab(Path.of("..").toAbsolutePath().normalize())) {
      PatroniLab.Outcome outcome = lab.losePrimary();
      System.out.println(outcome);
      assertThat(outcome.lost()).isEmpty();
      lab.returnPrimary();
    }
  }
}
