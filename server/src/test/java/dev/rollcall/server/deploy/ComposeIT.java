package dev.rollcall.server.deploy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.lab.ha.ComposeLab;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `deploy/compose` as it is, in containers, and the pod of `deploy/kubernetes` beside it.
class ComposeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String POD = "pod";
  private static final String ADDRESS = "10.211.0.61";
  private static final String PING = "/ping?frequency=1h&name=";

  private static ComposeLab lab;

  @BeforeAll
  static void start() {
    lab = new ComposeLab(Path.of("..").toAbsolutePath().normalize());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @Test
  void allPartsWorkTogetherAndGoOnWithoutAProcessAndWithoutThePrimary() {
    await("both processes")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/v1/_internal/cluster").split("\"state\":\"up\"", -1))
                    .as(lab.compose("logs", "--tail=40"))
                    .hasSize(3));
    await("the standby")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        postgres(
                            "postgres-1",
                            "psql",
                            "-qAtc",
                            "SELECT count(*) FROM pg_stat_replication"))
                    .endsWith("1"));
    postgres("postgres-1", "rollcall-postgres", "together");
    assertThat(get(PING + "before")).startsWith("200 ");
    lab.compose("stop", "rollcall-1");
    assertThat(state("rollcall-1")).isEqualTo("0");
    lab.compose("kill", "postgres-1");
    postgres("postgres-2", "rollcall-postgres", "promote");
    await("the new primary")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get(PING + "after")).startsWith("200 "));
    await("what waited in Redis is written")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get("/v1/heartbeats")).contains("\"before\"", "\"after\""));
  }

  @Test
  void aPodOfTheManifestAnswersItsProbesAndEndsInTime() throws Exception {
    KubernetesManifest manifest = KubernetesManifest.read();
    lab.docker("tag", "rollcall", manifest.container().getImage());
    lab.docker(pod(manifest).toArray(String[]::new));
    Container container = manifest.container();
    for (Probe probe :
        List.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())) {
      await("the probes")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(asked(container, probe.getHttpGet()))
                      .as(() -> lab.docker("logs", POD))
                      .startsWith("200 "));
    }
    long grace = manifest.pod().getTerminationGracePeriodSeconds();
    Thread stopping = Thread.ofVirtual().start(() -> lab.docker("stop", "--time=" + grace, POD));
    HTTPGetAction ready = container.getReadinessProbe().getHttpGet();
    await("it is not ready")
        .atMost(PATIENCE)
        .until(() -> asked(container, ready).startsWith("503 "));
    assertThat(lab.get(ADDRESS, port(container, "http"), "/v1/services")).startsWith("200 ");
    stopping.join();
    assertThat(lab.docker("inspect", "--format={{.State.ExitCode}}", POD)).isEqualTo("0");
  }

  /// What an engine is told of a pod.
  private static List<String> pod(KubernetesManifest manifest) {
    Container container = manifest.container();
    List<String> line =
        new ArrayList<>(
            List.of(
                "run", "-d", "--name=" + POD, "--network=rollcall_rollcall", "--ip=" + ADDRESS));
    line.add("--user=" + manifest.pod().getSecurityContext().getRunAsUser());
    line.add("--group-add=" + manifest.pod().getSecurityContext().getFsGroup());
    for (Sysctl one : manifest.pod().getSecurityContext().getSysctls()) {
      line.add("--sysctl=" + one.getName() + "=" + one.getValue());
    }
    SecurityContext security = container.getSecurityContext();
    line.add("--read-only=" + security.getReadOnlyRootFilesystem());
    line.add("--security-opt=no-new-privileges:" + !security.getAllowPrivilegeEscalation());
    security.getCapabilities().getDrop().forEach(one -> line.add("--cap-drop=" + one));
    Quantity memory = requireNonNull(container.getResources().getLimits().get("memory"));
    line.add("--memory=" + memory.getNumericalAmount());
    manifest
        .secret()
        .getStringData()
        .forEach(
            (name, value) ->
                line.add("--env=" + name + "=" + (value.isEmpty() ? ComposeLab.SECRET : value)));
    container.getEnv().forEach(one -> line.add("--env=" + one.getName() + "=" + one.getValue()));
    for (VolumeMount mount : container.getVolumeMounts()) {
      if (mount.getName().equals("configuration")) {
        manifest
            .configuration()
            .getData()
            .forEach(
                (name, text) ->
                    line.add(
                        "--volume=%s:%s/%s:ro"
                            .formatted(lab.file(name, text), mount.getMountPath(), name)));
      } else {
        long group = manifest.pod().getSecurityContext().getFsGroup();
        Path folder = lab.folder(mount.getName(), group);
        line.add("--volume=" + folder + ":" + mount.getMountPath());
      }
    }
    line.add(container.getImage());
    line.addAll(container.getArgs());
    return line;
  }

  private static String asked(Container container, HTTPGetAction probe) {
    return lab.get(ADDRESS, port(container, probe.getPort().getStrVal()), probe.getPath());
  }

  private static int port(Container container, String name) {
    return container.getPorts().stream()
        .filter(port -> port.getName().equals(name))
        .findFirst()
        .orElseThrow()
        .getContainerPort();
  }

  private static String get(String path) {
    return lab.get("127.0.0.1", 8080, path);
  }

  private static String postgres(String service, String... command) {
    String[] line = new String[command.length + 5];
    System.arraycopy(new String[] {"exec", "-T", "-u", "postgres", service}, 0, line, 0, 5);
    System.arraycopy(command, 0, line, 5, command.length);
    return lab.compose(line);
  }

  /// The status with which a container ended.
  private static String state(String service) {
    return lab.docker("inspect", "--format={{.State.ExitCode}}", lab.compose("ps", "-q", service));
  }
}
