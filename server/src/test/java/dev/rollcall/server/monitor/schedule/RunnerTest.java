package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class RunnerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  /// The clock of the machine, which somebody sets.
  private static final class SetClock implements Clock {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant wall() {
      return Clock.system().wall().plus(ahead);
    }

    @Override
    public Duration monotonic() {
      return Clock.system().monotonic();
    }
  }

  @Test
  void goesOnAfterTheClockWasSet() throws Exception {
    CheckedServer target = new CheckedServer();
    SetClock clock = new SetClock();
    try (Database database = TestDatabases.SQLITE.open(folder, clock, MonitorDatabase.TABLES);
        GroupCommit commits = new GroupCommit(database);
        Monitor monitor = Monitors.of(database, commits, clock)) {
      List<ServiceDefinition> services = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        services.add(target.service("s" + i));
      }
      monitor.apply(services, true);
      monitor.start(List.of());
      for (int hours : new int[] {0, -1, 1, -1, -2, 0}) {
        clock.ahead = Duration.ofHours(hours);
        target.asked.clear();
        await().atMost(PATIENCE).until(() -> target.asked.size() == 50);
        target.asked.clear(); // those under way
        await().atMost(PATIENCE).until(() -> target.asked.size() == 50);
      }
      assertThat(monitor.trouble()).isEmpty();
    } finally {
      target.close();
    }
  }

  /// The file was there when the service was defined.
  @Test
  void aServiceThatCannotBeAskedAnyMoreIsUnknownUntilItCan() throws Exception {
    CheckedServer target = new CheckedServer();
    Path authorities = folder.resolve("ca.pem");
    Files.writeString(authorities, pem());
    ServiceDefinition one =
        MonitorDatabase.definition(
            new JsonMapper()
                .createObjectNode()
                .put("name", "one")
                .put("url", "https:" + target.address(""))
                .put("interval", "200ms")
                .set("tls", new JsonMapper().createObjectNode().put("ca", authorities.toString())));
    try (Database database =
            TestDatabases.SQLITE.open(folder, Clock.system(), MonitorDatabase.TABLES);
        GroupCommit commits = new GroupCommit(database);
        Monitor monitor = Monitors.of(database, commits, Clock.system())) {
      monitor.apply(List.of(one), true);
      Files.delete(authorities);
      monitor.start(List.of());
      TickStore ticks = new TickStore(database);
      await().atMost(PATIENCE).until(() -> Monitors.ticks(ticks) > 2);
      assertThat(
              ticks.between(
                  Scope.everything(), 1, Instant.EPOCH, Monitors.tomorrow(), new Slice(3, 0)))
          .allSatisfy(
              tick -> {
                assertThat(tick.state()).isEqualTo(State.UNKNOWN);
                assertThat(tick.reason().orElseThrow())
                    .isEqualTo("tls.ca " + authorities + ": no such file");
              });
      Files.writeString(authorities, pem());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  ticks
                      .between(
                          Scope.everything(),
                          1,
                          Instant.EPOCH,
                          Monitors.tomorrow(),
                          new Slice(1000, 0))
                      .stream()
                      .anyMatch(tick -> tick.state() == State.DOWN));
    } finally {
      target.close();
    }
  }

  /// One of the JDK's authorities, whom the target knows nothing of.
  private static String pem() throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509TrustManager trusted = (X509TrustManager) factory.getTrustManagers()[0];
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(trusted.getAcceptedIssuers()[0].getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
