package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probe.HealthHandler;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A service's own `/_health`, made with the library, and what becomes of the things it names.
@Execution(ExecutionMode.CONCURRENT)
class DerivedIT {
  @TempDir Path folder;

  private final AtomicBoolean mailWorks = new AtomicBoolean(true);
  private volatile HealthHandler health = HealthHandler.of(new Prober());
  private HttpServer shop;

  @BeforeEach
  void start() throws Exception {
    health = HealthHandler.of(new Prober().add(database()).add(mail()));
    shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    shop.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    shop.createContext("/", exchange -> health.handle(exchange));
    shop.start();
  }

  @AfterEach
  void stop() {
    shop.stop(0);
  }

  private static Probe database() {
    return Probe.of("database", attempt -> {});
  }

  private Probe mail() {
    return Probe.of(
        "mail",
        attempt -> {
          if (!mailWorks.get()) {
            throw new ProbeFailure("login: refused");
          }
        });
  }

  private Plan plan() {
    return Plan.in(folder)
        .yaml(
            "services:\n  - {name: shop, interval: 200ms, url: 'philae+http://127.0.0.1:%d/_health'}\n"
                .formatted(shop.getAddress().getPort()));
  }

  private static List<String> names(RunningRollcall rollcall) {
    return rollcall.rows("/v1/services").stream()
        .map(row -> row.get("name").stringValue())
        .toList();
  }

  private static String status(RunningRollcall rollcall, String name) {
    return rollcall.service(name).at("/current_status/event").asString();
  }

  @Test
  void eachDependencyIsAServiceForAsLongAsItIsNamed() {
    try (RunningRollcall rollcall = plan().start()) {
      await().atMost(PATIENCE).until(() -> names(rollcall).size() == 3);
      assertThat(names(rollcall)).containsExactly("shop", "shop/database", "shop/mail");

      mailWorks.set(false);
      await().atMost(PATIENCE).until(() -> status(rollcall, "shop/mail").equals("downtime"));
      assertThat(status(rollcall, "shop/database")).isEqualTo("uptime");
      assertThat(rollcall.ticks("shop/mail").getLast().get("reason").stringValue())
          .isEqualTo("login: refused");
      assertThat(rollcall.health("/metrics").body())
          .contains("rollcall_service_up{service=\"shop/mail\"} 0.0")
          .contains("rollcall_service_up{service=\"shop/database\"} 1.0");

      health = HealthHandler.of(new Prober().add(database()));
      await().atMost(PATIENCE).until(() -> names(rollcall).size() == 2);
      assertThat(names(rollcall)).containsExactly("shop", "shop/database");
    }
  }

  @Test
  void whatIsBehindAServiceThatIsAwayIsUnknown() {
    try (RunningRollcall rollcall = plan().start()) {
      await().atMost(PATIENCE).until(() -> names(rollcall).size() == 3);
      shop.stop(0);
      await().atMost(PATIENCE).until(() -> status(rollcall, "shop").equals("downtime"));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall
                      .ticks("shop/mail")
                      .getLast()
                      .get("state")
                      .stringValue()
                      .equals("unknown"));
      assertThat(status(rollcall, "shop/mail")).isEqualTo("uptime");
    }
  }

  @Test
  void itIsShownLikeAnyOtherAndChangedByNobody() {
    try (RunningRollcall rollcall = plan().start()) {
      await().atMost(PATIENCE).until(() -> names(rollcall).size() == 3);
      String path = "/v1/services/" + rollcall.service("shop/mail").get("id").asLong();
      assertThat(rollcall.get(path).json().at("/data/service/data/origin").stringValue())
          .isEqualTo("derived");
      Answer refused = rollcall.send("DELETE", path, "");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.json().get("errors").get(0).stringValue())
          .contains("comes from the /_health at philae+http://");
      assertThat(rollcall.send("PATCH", path, "{\"name\":\"mine\"}").status()).isEqualTo(409);
    }
  }
}
